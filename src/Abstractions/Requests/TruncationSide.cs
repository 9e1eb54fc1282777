namespace Reranker.Requests;

/// <summary>Which end of a text is cut off.</summary>
[GenerateSerializer, Alias("reranker.truncation-side")]
public enum TruncationSide
{
    /// <summary>The end is lost, the beginning is kept.</summary>
    Right = 0,

    /// <summary>The beginning is lost, the end is kept.</summary>
    Left = 1,
}
