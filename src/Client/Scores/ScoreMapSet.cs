using Microsoft.Extensions.Options;

namespace Reranker.Client.Scores;

/// <summary>The score maps that this process was given, by the model that each belongs to.</summary>
internal sealed class ScoreMapSet
{
    private readonly Dictionary<string, ScoreMap> _byIdentity;

    /// <exception cref="OptionsValidationException">A file is no map. Hosts that validate when they start do not come so far.</exception>
    public ScoreMapSet(IOptions<RerankerClientOptions> options)
    {
        var (maps, fault) = ScoreMapFile.ReadMaps(options.Value.ScoreMaps);
        _byIdentity = fault is null
            ? maps.ToDictionary(static map => map.Identity, StringComparer.Ordinal)
            : throw new OptionsValidationException(Options.DefaultName, typeof(RerankerClientOptions), [$"{nameof(RerankerClientOptions.ScoreMaps)}: {fault}."]);
    }

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _byIdentity.Count == 0;

    /// <summary>The map of a model; null for the sigmoid.</summary>
    public ScoreMap? FindMap(string? identity) => identity is null ? null : _byIdentity.GetValueOrDefault(identity);
}
