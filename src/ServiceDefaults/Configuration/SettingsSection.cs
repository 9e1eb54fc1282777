namespace Reranker.ServiceDefaults.Configuration;

/// <summary>A section of the configuration and the options that it is bound to.</summary>
/// <param name="Section">Path of the section, such as <c>Reranker:Dispatch</c>.</param>
/// <param name="OptionsType">Type of the options.</param>
/// <param name="Read">Gives the options as the program gets them, or throws what is wrong with them.</param>
internal sealed record SettingsSection(string Section, Type OptionsType, Func<IServiceProvider, object> Read)
{
    /// <summary>The sections of which every key must be known.</summary>
    public static readonly string[] Roots = ["Gateway", "Reranker"];
}
