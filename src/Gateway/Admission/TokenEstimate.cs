using Reranker.Fleet;
using Reranker.Gateway.Dialects;

namespace Reranker.Gateway.Admission;

/// <summary>Tokens of a call before it is tokenized.</summary>
internal static class TokenEstimate
{
    // Until the fleet has said how many tokens its texts have: between English (0.25) and Chinese (0.7).
    private const double DefaultTokensPerCharacter = 0.4;
    private const int SpecialTokensPerPair = 4;

    public static double Of(RerankCall call, FleetHint? hint, int? maxPairTokens)
    {
        var rate = hint is { TokensPerCharacter: > 0 } known ? known.TokensPerCharacter : DefaultTokensPerCharacter;
        var longest = Math.Min(call.Truncation.MaxPairTokens ?? int.MaxValue, maxPairTokens ?? int.MaxValue);
        var query = call.Query.Length * rate;
        var tokens = 0.0;
        foreach (var passage in call.Passages)
        {
            // What is cut off costs nothing.
            tokens += Math.Min(query + (passage.Length * rate) + SpecialTokensPerPair, longest);
        }

        return tokens;
    }
}
