using Microsoft.Extensions.Configuration;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Settings that the program itself brings, with a name for where they come from.</summary>
/// <param name="name">The name, for a person.</param>
/// <param name="settings">Values by key; null hides what an earlier source says.</param>
internal sealed class NamedSettingsProvider(string name, IReadOnlyDictionary<string, string?> settings) : ConfigurationProvider
{
    /// <summary>Where the settings come from.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override void Load() => Data = new Dictionary<string, string?>(settings, StringComparer.OrdinalIgnoreCase);
}
