using System.Text;
using System.Text.RegularExpressions;

namespace Reranker.Chart.Drills;

/// <summary>Every value has a comment, and the chart's README has a table made of these.</summary>
public sealed partial class ValuesTableTests
{
    private const string Begin = "<!-- values: begin -->";
    private const string End = "<!-- values: end -->";

    [Fact]
    public async Task The_README_has_every_value_with_its_default_and_meaning()
    {
        var path = Path.Combine(Chart.Folder, "README.md");
        var readme = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var table = WriteTable(await File.ReadAllLinesAsync(Path.Combine(Chart.Folder, "values.yaml"), TestContext.Current.CancellationToken));
        var (begin, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("UPDATE_CHART_README") == "1")
        {
            await File.WriteAllTextAsync(path, $"{readme[..begin]}\n{table}{readme[end..]}", TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(table.Trim(), readme[begin..end].Trim());
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("values.yaml")]
    [InlineData("values.schema.json")]
    public async Task Every_metric_that_is_named_to_a_reader_is_one_that_the_templates_ask_for(string file)
    {
        var named = Metric().Matches(await File.ReadAllTextAsync(Path.Combine(Chart.Folder, file), TestContext.Current.CancellationToken));
        var templates = string.Concat(Directory.EnumerateFiles(Path.Combine(Chart.Folder, "templates"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.NotEmpty(named);
        Assert.All(named, metric => Assert.Matches($@"\b{metric.Value}\b", templates));
    }

    /// <summary>A row for every key that has a comment; a key without one, whose parents have none either, is a fault.</summary>
    private static string WriteTable(string[] lines)
    {
        var table = new StringBuilder("| value | meaning | default |\n|---|---|---|\n");
        var path = new List<string>();
        string? comment = null;
        var described = int.MaxValue;
        foreach (var line in lines)
        {
            if (Comment().Match(line) is { Success: true } meaning)
            {
                comment = meaning.Groups[1].Value;
            }
            else if (Key().Match(line) is { Success: true } key)
            {
                var depth = key.Groups[1].Length / 2;
                if (depth > described)
                {
                    continue;
                }

                path.RemoveRange(depth, path.Count - depth);
                path.Add(key.Groups[2].Value);
                var value = key.Groups[3].Value.Trim();
                Assert.True(comment is not null || value.Length == 0, $"{string.Join('.', path)} has no comment");
                described = comment is null ? int.MaxValue : depth;
                if (comment is not null)
                {
                    table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{string.Join('.', path)}` | {comment} | {(value.Length == 0 ? "see values.yaml" : $"`{value}`")} |\n");
                }

                comment = null;
            }
        }

        return table.ToString();
    }

    [GeneratedRegex("\\breranker_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("^ *# -- (.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex("^( *)([A-Za-z][A-Za-z0-9_.-]*):(.*)$")]
    private static partial Regex Key();
}
