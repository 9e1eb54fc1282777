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
        if (call.Truncation.MaxChunks > 1 && maxPairTokens is not null)
        {
            return InChunks(call, rate, query, longest);
        }

        var tokens = 0.0;
        foreach (var passage in call.Passages)
        {
            // What is cut off costs nothing.
            tokens += Math.Min(query + (passage.Length * rate) + SpecialTokensPerPair, longest);
        }

        return tokens;
    }

    // Every chunk has the query, and repeats some of the one before.
    private static double InChunks(RerankCall call, double rate, double query, int longest)
    {
        query = Math.Min(query, longest * 0.75);
        var room = Math.Max(1, longest - SpecialTokensPerPair - query);
        var overlap = Math.Min(call.Truncation.ChunkOverlap, room / 2);
        var tokens = 0.0;
        foreach (var passage in call.Passages)
        {
            var passageTokens = Math.Min(passage.Length * rate, call.Truncation.MaxPassageTokens ?? int.MaxValue);
            var needed = passageTokens <= room ? 1 : 1 + Math.Ceiling((passageTokens - room) / (room - overlap));
            var chunks = Math.Min(needed, call.Truncation.MaxChunks);
            tokens += Math.Min(passageTokens + ((chunks - 1) * overlap), chunks * room) + (chunks * (query + SpecialTokensPerPair));
        }

        return tokens;
    }
}
