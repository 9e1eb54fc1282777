using Microsoft.AspNetCore.Builder;
using Reranker.Inference.Engines;
using Reranker.Inference.Tokenization;
using Reranker.ServiceDefaults.Configuration;
using Reranker.Tool.Arguments;

namespace Reranker.Tool.Tests.Docs;

/// <summary>One option and the value it has when nobody sets it.</summary>
internal sealed record Option(string Name, object? Default);

/// <summary>Every option that an operator can set, from what the programs themselves register.</summary>
internal static class OptionCatalog
{
    /// <summary>Sections of the configuration and what they are bound to.</summary>
    public static readonly SettingsSection[] Sections = Compose();

    /// <summary>Options of the sections, as they are documented: an entry of a list has <c>N</c> for its number.</summary>
    public static readonly Option[] Configured = [.. Sections.SelectMany(static s => OptionsOf(Create(s.OptionsType), s.Section))];

    /// <summary>Options with a value of their own in the options object of their section.</summary>
    public static readonly Option[] Bound = [.. Configured.Where(static option => !option.Name.Contains(":N:", StringComparison.Ordinal))];

    /// <summary>Options that only code sets, by type and name.</summary>
    public static readonly Option[] InCode = [.. PropertiesOf(new EngineOptions()), .. PropertiesOf(new TokenizerOptions())];

    public static object Create(Type options) => Activator.CreateInstance(options)!;

    // `serve` is all programs in one.
    private static SettingsSection[] Compose()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ServeArguments.AddServices(builder);
        return [.. builder.Services.Select(static s => s.ImplementationInstance).OfType<SettingsSection>()];
    }

    private static IEnumerable<Option> OptionsOf(object options, string section) => SettingProperty.ListProperties(options.GetType()).SelectMany(property =>
    {
        var name = $"{section}:{property.Property.Name}";
        var value = property.Property.GetValue(options);
        var entries = property.NamedEntries is { } named
            ? [new Option($"{name}:N:{NamedEntriesAttribute.NameName}", null), new Option($"{name}:N:{named.ValueName}", null)]
            : Array.Empty<Option>();
        return property.Kind switch
        {
            SettingKind.Group => OptionsOf(value!, name),
            SettingKind.GroupList => OptionsOf(Create(property.Element), $"{name}:N").Prepend(new Option(name, value)),
            _ => entries.Prepend(new Option(name, value)),
        };
    });

    private static IEnumerable<Option> PropertiesOf(object options) =>
        SettingPropertiesOf(options).Select(property => new Option($"{options.GetType().Name}.{property.Name}", property.GetValue(options)));

    private static IEnumerable<System.Reflection.PropertyInfo> SettingPropertiesOf(object options) =>
        SettingProperty.ListProperties(options.GetType()).Select(static p => p.Property);
}
