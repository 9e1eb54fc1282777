using Reranker.Estimates;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Tests.Admission;

/// <summary>Calls of known size, at one token a character.</summary>
internal static class Estimates
{
    /// <summary>A call of so many tokens, at least four.</summary>
    public static TokenEstimate Of(int tokens) => Of([new string('p', tokens - TextTokens.SpecialTokensPerPair)]);

    /// <summary>A call of these passages and no query to speak of.</summary>
    public static TokenEstimate Of(params string[] passages) => new(new RerankCall { Query = "", Passages = passages, Truncation = new() }, 1, null);
}
