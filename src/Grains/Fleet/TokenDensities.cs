using System.Collections.Concurrent;
using Reranker.Estimates;

namespace Reranker.Grains.Fleet;

/// <summary>The token density of each model's texts: vocabularies differ, and so do the users of models.</summary>
internal sealed class TokenDensities
{
    // As many as identities that were ever served by this process: they are named by operators, not by requests.
    private readonly ConcurrentDictionary<string, TokenDensity> _models = new(StringComparer.Ordinal);

    /// <summary>Tokens a UTF-16 code unit of a model's texts.</summary>
    public double GetDensity(string identity) => _models.TryGetValue(identity, out var density) ? density.EstimateDensity(TextTokens.AssumedPerCharacter) : TextTokens.AssumedPerCharacter;

    /// <summary>Learns from the texts of one request to a model.</summary>
    public void ObserveTexts(string identity, long characters, long tokens)
        => _models.GetOrAdd(identity, static _ => new TokenDensity()).ObserveTexts(characters, tokens);
}
