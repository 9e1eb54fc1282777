using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reranker.Tool.Tests.Docs;

/// <summary>
/// The table of <c>docs/architecture.md</c> that walks a request through the code: every row names a method, and links to the line on
/// which it is declared.
/// </summary>
public sealed partial class WalkTests
{
    private const string Document = "docs/architecture.md";

    private static readonly string[] Steps =
    [
        "HTTP", "Dialect", "Admission", "Client attempt", "Request grain", "Plan", "Dispatch", "Worker grain", "Queue", "Batch", "Engine run", "Reply",
    ];

    // The rows of the table under its heading, without its head.
    private static readonly string[] Lines =
    [
        .. File.ReadLines(Path.Combine(Repository.Root, Document)).SkipWhile(static line => line != "## A request, step by step").Skip(1)
            .TakeWhile(static line => !line.StartsWith("## ", StringComparison.Ordinal)).Where(static line => line.StartsWith('|')).Skip(2),
    ];

    private static readonly Row[] Rows = [.. Lines.Select(static line => RowPattern().Match(line)).Where(static match => match.Success).Select(Row.FromMatch)];

    public static TheoryData<string> Methods => [.. Rows.Select(static row => row.Method)];

    [Fact]
    public void Every_row_of_the_walk_has_a_method_with_a_link_to_its_line()
        => Assert.All(Lines, static line => Assert.Matches(RowPattern(), line));

    [Fact]
    public void The_walk_has_every_step_of_a_request_in_order()
        => Assert.Equal(Steps, Rows.Select(static row => row.Step).Where(static step => step.Length > 0));

    [Fact]
    public void A_method_has_one_row_of_the_walk()
        => Assert.Equal(Rows.Select(static row => row.Method).Distinct(), Rows.Select(static row => row.Method));

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_method_of_the_walk_is_declared_on_the_line_that_its_row_links_to(string method)
    {
        var row = Rows.First(row => row.Method == method);
        var path = Path.GetFullPath(Path.Combine(Repository.Root, "docs", row.Link));
        Assert.True(File.Exists(path), $"{Document} says that {method} is in {row.Link}, and there is no such file.");

        var lines = FindDeclarations(path, method).ToArray();

        Assert.True(lines.Length > 0, $"{Document} says that {method} is in {row.Link}, and that file does not declare it.");
        Assert.True(
            lines.Contains(row.Line),
            $"{Document} says that {method} is on line {row.Line} of {row.Link}; it is on line {string.Join(" or ", lines)}.");
        Assert.Equal($"{Path.GetFileName(row.Link)}:{row.Line}", row.Label);
    }

    // Lines from 1; overloads have several.
    private static IEnumerable<int> FindDeclarations(string path, string method)
        => from declaration in CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
           where declaration.Parent is BaseTypeDeclarationSyntax type && $"{type.Identifier.Text}.{declaration.Identifier.Text}" == method
           select declaration.Identifier.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>A row, its step left empty where it is that of the row above: <c>| step | `Type.Method` | [File.cs:12](path#L12) | what |</c>.</summary>
    [GeneratedRegex(@"^\| (?<step>[^|]*?) ?\| `(?<method>\w+\.\w+)` \| \[(?<label>[^\]]+)\]\((?<link>[^)#]+)#L(?<line>\d+)\) \| [^|]+ \|$")]
    private static partial Regex RowPattern();

    private sealed record Row(string Step, string Method, string Label, string Link, int Line)
    {
        public static Row FromMatch(Match match) => new(
            match.Groups["step"].Value,
            match.Groups["method"].Value,
            match.Groups["label"].Value,
            match.Groups["link"].Value,
            int.Parse(match.Groups["line"].ValueSpan, CultureInfo.InvariantCulture));
    }
}
