using System.Collections.Concurrent;
using Reranker.Client;
using Reranker.Estimates;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Models;

namespace Reranker.Gateway.Admission;

/// <summary>Estimates what calls cost, by model and tenant, and learns from what they did cost.</summary>
internal sealed class TokenEstimator
{
    // Tenants and models are named by operators, so there are few.
    private readonly ConcurrentDictionary<(string Tenant, string Model), TokenDensity> _densities = new();

    /// <summary>What a call will cost.</summary>
    public TokenEstimate EstimateTokens(RerankCall call, string tenant, ModelCapacity model)
    {
        var assumed = TextTokens.ChooseDensity(model.TokensPerCharacter);
        var rate = _densities.TryGetValue((tenant, model.Key), out var density) ? density.EstimateDensity(assumed) : assumed;
        return new TokenEstimate(call, rate, model.MaxPairTokens);
    }

    /// <summary>Learns from a call that was scored.</summary>
    public void LearnFromUsage(RerankCall call, string tenant, ModelCapacity model, RerankUsage usage)
    {
        if (usage.TruncatedPassages > 0 || usage.TruncatedQueryTokens > 0 || usage.ChunkedPassages > 0)
        {
            // Their texts have more tokens than were read, or some were read twice.
            return;
        }

        var tokens = usage.Tokens - ((double)TextTokens.SpecialTokensPerPair * call.Passages.Length);
        _densities.GetOrAdd((tenant, model.Key), static _ => new TokenDensity()).ObserveTexts(call.PairCharacters, tokens);
    }
}
