using System.Collections;
using System.Reflection;
using Reranker.Client;
using Reranker.Gateway;
using Reranker.Grains.Caching;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Requests;
using Reranker.Inference.Engines;
using Reranker.Inference.Tokenization;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Logging;
using Reranker.Silo.Hosting;

namespace Reranker.Tool.Tests.Docs;

/// <summary>One option and the value it has when nobody sets it.</summary>
internal sealed record Option(string Name, object? Default);

/// <summary>Every option that an operator can set, from the option types.</summary>
internal static class OptionCatalog
{
    /// <summary>Sections of the configuration and what they are bound to.</summary>
    public static readonly (string Section, Func<object> Create)[] Sections =
    [
        (RerankerSiloOptions.Section, static () => new RerankerSiloOptions()),
        (RerankerSiloOptions.DispatchSection, static () => new DispatchOptions()),
        (RerankerSiloOptions.FleetSection, static () => new FleetOptions()),
        (RerankerSiloOptions.ScoreCacheSection, static () => new ScoreCacheOptions()),
        (RerankerSiloOptions.RequestMemorySection, static () => new RequestMemoryOptions()),
        (ClusterSettings.Section, static () => new ClusterSettings()),
        (GatewayOptions.Section, static () => new GatewayOptions()),
        (GatewayOptions.ClientSection, static () => new RerankerClientOptions()),
    ];

    /// <summary>Options of the sections.</summary>
    public static readonly Option[] Bound = [.. Sections.SelectMany(static s => OptionsOf(s.Create(), s.Section))];

    /// <summary>All options of the configuration: beside the bound ones the entries of lists, and keys that are read by themselves.</summary>
    public static readonly Option[] Configured =
    [
        .. Bound,
        .. OptionsOf(new ApiKeyOptions(), $"{GatewayOptions.Section}:ApiKeys:N"),
        new(ClusterSettings.KindKey, ClusteringKind.InProcess),
        new("Reranker:Logs", LogFormat.Plain),
    ];

    /// <summary>Options that only code sets, by type and name.</summary>
    public static readonly Option[] InCode = [.. PropertiesOf(new EngineOptions()), .. PropertiesOf(new TokenizerOptions())];

    /// <summary>The options under a section; a property that is a group of options is a section of its own.</summary>
    private static IEnumerable<Option> OptionsOf(object options, string section) => Properties(options).SelectMany(property =>
    {
        var name = $"{section}:{property.Name}";
        var value = property.GetValue(options);
        return IsGroup(property.PropertyType) ? OptionsOf(value!, name) : [new Option(name, value)];
    });

    private static IEnumerable<Option> PropertiesOf(object options) =>
        Properties(options).Select(property => new Option($"{options.GetType().Name}.{property.Name}", property.GetValue(options)));

    // Lists and dictionaries have no setter: the configuration adds to them.
    private static IEnumerable<PropertyInfo> Properties(object options) => options.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => property.SetMethod?.IsPublic == true || typeof(IEnumerable).IsAssignableFrom(property.PropertyType));

    private static bool IsGroup(Type type) =>
        type.IsClass && type.Namespace!.StartsWith(nameof(Reranker), StringComparison.Ordinal);
}
