using Reranker.Client;

namespace Reranker.Gateway.Dialects;

/// <summary>Says in words what the model did not read, and what it read in parts.</summary>
internal static class TruncationWarnings
{
    public static IEnumerable<string> Describe(RerankUsage usage)
    {
        if (usage.ChunkedPassages > 0)
        {
            yield return $"{usage.ChunkedPassages} document(s) were scored in {usage.Chunks} chunks; the best chunk of each counts.";
        }

        if (usage.TruncatedPassages > 0)
        {
            yield return $"{usage.TruncatedPassages} document(s) were longer than the model reads and were truncated.";
        }

        if (usage.TruncatedQueryTokens > 0)
        {
            yield return $"The query was truncated by {usage.TruncatedQueryTokens} token(s).";
        }
    }
}
