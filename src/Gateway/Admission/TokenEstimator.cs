using System.Collections.Concurrent;
using Reranker.Client;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Models;

namespace Reranker.Gateway.Admission;

/// <summary>Estimates what calls cost, by model and tenant, and learns from what they did cost.</summary>
internal sealed class TokenEstimator
{
    // Until the fleet has said how many tokens a model's texts have: between English (0.25) and Chinese (0.7).
    private const double AssumedTokensPerCharacter = 0.4;

    // Tenants and models are named by operators, so there are few.
    private readonly ConcurrentDictionary<(string Tenant, string Model), TextDensity> _densities = new();

    /// <summary>What a call will cost.</summary>
    public TokenEstimate Estimate(RerankCall call, string tenant, ModelCapacity model)
    {
        var assumed = model.TokensPerCharacter > 0 ? model.TokensPerCharacter : AssumedTokensPerCharacter;
        var rate = _densities.TryGetValue((tenant, model.Key), out var density) ? density.Estimate(assumed) : assumed;
        return new TokenEstimate(call, rate, model.MaxPairTokens);
    }

    /// <summary>Learns from a call that was scored.</summary>
    public void Observe(RerankCall call, string tenant, ModelCapacity model, RerankUsage usage)
    {
        if (usage.TruncatedPassages > 0 || usage.QueryCutTokens > 0 || usage.ChunkedPassages > 0)
        {
            // Their texts have more tokens than were read, or some were read twice.
            return;
        }

        var characters = (double)call.Query.Length * call.Passages.Length;
        foreach (var passage in call.Passages)
        {
            characters += passage.Length;
        }

        var tokens = usage.Tokens - ((double)TokenEstimate.SpecialTokensPerPair * call.Passages.Length);
        _densities.GetOrAdd((tenant, model.Key), static _ => new TextDensity()).Observe(characters, Math.Max(0, tokens));
    }
}
