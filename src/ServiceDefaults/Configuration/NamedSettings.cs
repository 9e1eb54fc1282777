using Microsoft.Extensions.Configuration;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>A source of settings that the program itself brings, with a name for where they come from.</summary>
/// <param name="name">The name, for a person: <c>command line</c>.</param>
/// <param name="settings">Values by key; null hides what an earlier source says.</param>
public sealed class NamedSettings(string name, IReadOnlyDictionary<string, string?> settings) : IConfigurationSource
{
    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new NamedSettingsProvider(name, settings);
}
