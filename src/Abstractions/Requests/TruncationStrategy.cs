namespace Reranker.Requests;

/// <summary>Which text of a pair loses tokens when the pair is too long.</summary>
[GenerateSerializer, Alias("reranker.truncation-strategy")]
public enum TruncationStrategy
{
    /// <summary>The passage only; the query keeps at most three quarters of the pair.</summary>
    OnlySecond = 0,

    /// <summary>The longer of the two, until both fit.</summary>
    LongestFirst = 1,
}
