using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Reranker.Client;
using Reranker.Gateway;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Inference.Engines;
using Reranker.Inference.Tokenization;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Logging;
using Reranker.Silo.Hosting;

namespace Reranker.Tool.Tests.Docs;

/// <summary><c>docs/configuration.md</c> against the option types: every option is there, with its real default, and nothing else.</summary>
public sealed partial class ConfigurationTests
{
    private static readonly Option[] Options =
    [
        .. OptionsOf(new RerankerSiloOptions(), RerankerSiloOptions.Section),
        .. OptionsOf(new DispatchOptions(), RerankerSiloOptions.DispatchSection),
        .. OptionsOf(new FleetOptions(), RerankerSiloOptions.FleetSection),
        .. OptionsOf(new ClusterSettings(), ClusterSettings.Section),
        .. OptionsOf(new GatewayOptions(), GatewayOptions.Section),
        .. OptionsOf(new ApiKeyOptions(), $"{GatewayOptions.Section}:ApiKeys:N"),
        .. OptionsOf(new RerankerClientOptions(), GatewayOptions.ClientSection),
        new(ClusterSettings.KindKey, ClusteringKind.InProcess),
        new("Reranker:Logs", LogFormat.Plain),
    ];

    // Types that no section of the configuration sets: their properties are described by type and name.
    private static readonly Option[] CodeOptions =
    [
        .. PropertiesOf(new EngineOptions()),
        .. PropertiesOf(new TokenizerOptions()),
    ];

    private static readonly string[][] Rows =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md"))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Trim('|', ' ').Split(" | "))];

    public static TheoryData<string> Names => [.. Options.Select(static option => option.Name)];

    public static TheoryData<string> CodeNames => [.. CodeOptions.Select(static option => option.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_option_is_described_with_its_environment_variable_and_its_default(string name)
    {
        var row = Assert.Single(Rows, row => row[0] == $"`{name}`");

        Assert.Equal(4, row.Length);
        Assert.Equal($"`{name.Replace(":", "__", StringComparison.Ordinal)}`", row[1]);
        Assert.NotEmpty(row[2]);
        AssertDefault(Options.Single(option => option.Name == name).Default, row[3]);
    }

    [Theory]
    [MemberData(nameof(CodeNames))]
    public void An_option_that_only_code_sets_is_described_with_its_default(string name)
    {
        var row = Assert.Single(Rows, row => row[0] == $"`{name}`");

        Assert.Equal(3, row.Length);
        AssertDefault(CodeOptions.Single(option => option.Name == name).Default, row[2]);
    }

    [Fact]
    public void Nothing_is_described_that_does_not_exist()
    {
        var described = Rows.Select(static row => row[0].Trim('`')).Where(static name => OwnName().IsMatch(name));

        Assert.Empty(described.Except(Options.Concat(CodeOptions).Select(static option => option.Name)));
    }

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

    private static void AssertDefault(object? expected, string cell)
    {
        var text = cell.Trim('`');
        switch (expected)
        {
            case null:
                Assert.Equal("none", cell);
                break;
            case string { Length: 0 }:
            case ICollection { Count: 0 }:
                Assert.Equal("empty", cell);
                break;
            case TimeSpan time:
                Assert.Equal(time, TimeSpan.ParseExact(text, text.Contains('.', StringComparison.Ordinal) ? @"hh\:mm\:ss\.FFFFFFF" : @"hh\:mm\:ss", CultureInfo.InvariantCulture));
                break;
            case bool or Enum or string:
                Assert.Equal(expected.ToString(), text, ignoreCase: expected is bool);
                break;
            case int processors when cell == "processors":
                Assert.Equal(Environment.ProcessorCount, processors);
                break;
            case IConvertible number:
                Assert.Equal(number.ToDouble(CultureInfo.InvariantCulture), double.Parse(text, CultureInfo.InvariantCulture));
                break;
            default:
                Assert.StartsWith("see ", cell, StringComparison.Ordinal);
                break;
        }
    }

    private sealed record Option(string Name, object? Default);

    /// <summary>A name of this program, not one of .NET's or OpenTelemetry's.</summary>
    [GeneratedRegex(@"^(Reranker:|Gateway:|\w+Options\.)")]
    private static partial Regex OwnName();
}
