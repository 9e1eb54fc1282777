using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Where a value of the configuration comes from.</summary>
/// <param name="Description">For a person: <c>environment variable Gateway__AdminKey</c>.</param>
/// <param name="IsFile">Whether it stands in a file.</param>
internal sealed record SettingOrigin(string Description, bool IsFile = false)
{
    /// <summary>The source that wins for a key; null when none has it.</summary>
    public static SettingOrigin? FindOrigin(IConfiguration configuration, string key)
    {
        foreach (var provider in configuration is IConfigurationRoot root ? root.Providers.Reverse() : [])
        {
            if (provider is ChainedConfigurationProvider chained)
            {
                if (FindOrigin(chained.Configuration, key) is { } inner)
                {
                    return inner;
                }
            }
            else if (provider.TryGet(key, out _))
            {
                return Describe(provider, key);
            }
        }

        return null;
    }

    private static SettingOrigin Describe(IConfigurationProvider provider, string key) => provider switch
    {
        FileConfigurationProvider file => new($"file {PathOf(file)}", IsFile: true),
        CommandLineConfigurationProvider => new("command line"),
        EnvironmentVariablesConfigurationProvider variables => new($"environment variable {FindVariableName(variables, key)}"),
        NamedSettingsProvider named => new(named.Name),
        _ => new(provider.ToString() ?? provider.GetType().Name),
    };

    private static string PathOf(FileConfigurationProvider file) =>
        file.Source.FileProvider?.GetFileInfo(file.Source.Path ?? "").PhysicalPath ?? file.Source.Path ?? "";

    // The provider keeps its prefix to itself, but for this: "... Prefix: 'ASPNETCORE_'".
    private static string FindVariableName(EnvironmentVariablesConfigurationProvider variables, string key)
    {
        var name = key.Replace(":", "__", StringComparison.Ordinal);
        return variables.ToString().Split('\'') is [_, { Length: > 0 } prefix, ..] ? $"{prefix}{name.ToUpperInvariant()}" : name;
    }
}
