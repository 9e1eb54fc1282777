using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Tool.Tests.Docs;

/// <summary><c>docs/configuration.md</c> against the option types: every option is there, with its real default, and nothing else.</summary>
public sealed partial class ConfigurationTests
{
    private static readonly string[][] Rows =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md"))
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Trim('|', ' ').Split(" | "))];

    public static TheoryData<string> Names => [.. OptionCatalog.Configured.Select(static option => option.Name)];

    public static TheoryData<string> CodeNames => [.. OptionCatalog.InCode.Select(static option => option.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_option_is_described_with_its_environment_variable_and_its_default(string name)
    {
        var row = Assert.Single(Rows, row => row[0] == $"`{name}`");

        Assert.Equal(4, row.Length);
        Assert.Equal($"`{name.Replace(":", "__", StringComparison.Ordinal)}`", row[1]);
        Assert.NotEmpty(row[2]);
        AssertDefault(OptionCatalog.Configured.Single(option => option.Name == name).Default, row[3]);
    }

    [Theory]
    [MemberData(nameof(CodeNames))]
    public void An_option_that_only_code_sets_is_described_with_its_default(string name)
    {
        var row = Assert.Single(Rows, row => row[0] == $"`{name}`");

        Assert.Equal(3, row.Length);
        AssertDefault(OptionCatalog.InCode.Single(option => option.Name == name).Default, row[2]);
    }

    [Fact]
    public void Nothing_is_described_that_does_not_exist()
    {
        var described = Rows.Select(static row => row[0].Trim('`')).Where(static name => OwnName().IsMatch(name));

        Assert.Empty(described.Except(OptionCatalog.Configured.Concat(OptionCatalog.InCode).Select(static option => option.Name)));
    }

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
                Assert.Equal(Duration.Format(time), text);
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

    /// <summary>A name of this program, not one of .NET's or OpenTelemetry's.</summary>
    [GeneratedRegex(@"^(Reranker:|Gateway:|\w+Options\.)")]
    private static partial Regex OwnName();
}
