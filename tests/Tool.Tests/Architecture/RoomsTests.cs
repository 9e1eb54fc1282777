using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reranker.Tool.Tests.Architecture;

/// <summary>Holds what stands under src to <see cref="RoomRules"/>.</summary>
public sealed partial class RoomsTests
{
    public static TheoryData<string> Rooms => [.. RoomRules.Projects.Keys];

    public static TheoryData<string> RoomsWithRulesForFolders => [.. RoomRules.Projects.Where(p => p.Value.Folders is not null).Select(p => p.Key)];

    [Fact]
    public void Every_project_under_src_has_a_rule()
        => Assert.Equal(RoomRules.Projects.Keys.Order(), SourceProject.All.Select(p => p.Name));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_reaches_only_the_rooms_it_may(string room)
        => Assert.Empty(FindReached(room).Except(RoomRules.Projects[room].MaySee));

    [Theory]
    [InlineData("Inference")]
    [InlineData("Onnx")]
    [InlineData("Benchmarking")]
    public void Inference_on_one_machine_knows_nothing_of_Orleans(string room)
        => Assert.DoesNotContain(ReadPackages(room), p => p.Contains("Orleans", StringComparison.Ordinal));

    [Fact]
    public void The_wire_needs_the_Orleans_Sdk_alone()
        => Assert.Equal(["Microsoft.Orleans.Sdk"], ReadPackages("Abstractions"));

    [Theory]
    [InlineData("Gateway")]
    [InlineData("Client")]
    [InlineData("Abstractions")]
    public void The_edge_never_loads_a_model(string room)
        => Assert.DoesNotContain(FindReached(room).Append(room).SelectMany(ReadPackages), p => p.StartsWith("Microsoft.ML", StringComparison.Ordinal));

    [Theory]
    [InlineData("Inference")]
    [InlineData("Onnx")]
    public void A_file_is_opened_for_reading_where_pipes_are_refused(string room)
        => Assert.Empty(SourceProject.Find(room).Trees.Where(t => OpensFile().IsMatch(t.ToString())).Select(t => Path.GetFileName(t.FilePath)).Except(RoomRules.Openers));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Every_name_in_a_project_is_understood_so_that_no_use_goes_unseen(string room)
        => AssertKnown([], SourceProject.Find(room).Uses.Unknown);

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_two_folders_of_a_project_reach_each_other(string room)
    {
        var uses = SourceProject.Find(room).Uses;
        AssertKnown(
            RoomRules.Projects[room].KnownCircles.Select(circle => string.Join(", ", circle)),
            uses.FindCircles().Select(circle => string.Join(", ", circle)),
            string.Join(Environment.NewLine, uses.FindCircles().Select(uses.Explain)));
    }

    [Theory]
    [MemberData(nameof(RoomsWithRulesForFolders))]
    public void A_folder_uses_only_the_folders_it_may(string room)
    {
        var uses = SourceProject.Find(room).Uses;
        var allowed = RoomRules.Projects[room].Folders!;
        Assert.Equal(allowed.Keys.Order(StringComparer.Ordinal), uses.Folders);
        AssertKnown(
            [],
            from folder in uses.Folders
            from use in uses.GetUses(folder)
            where !allowed[folder].Contains(use.Key)
            select $"{folder} -> {use.Key}: {string.Join(", ", use.Value)}");
    }

    [Fact]
    public void No_two_types_have_one_name()
    {
        var twins = SourceProject.All
            .SelectMany(project => project.Nodes<MemberDeclarationSyntax>().Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
                .Select(node => (INamedTypeSymbol)project.GetMeaning(node.SyntaxTree).GetDeclaredSymbol(node)!))
            // A block of extensions has no name.
            .Where(type => type.Name.Length > 0)
            .DistinctBy(type => type.ToDisplayString())
            .GroupBy(type => type.Name)
            // One name with and without type parameters, side by side, is one idea.
            .Where(types => types.DistinctBy(type => type.ContainingSymbol.ToDisplayString()).Count() > 1)
            .Select(types => types.Key);
        AssertKnown(RoomRules.KnownTwins, twins);
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_file_is_too_long(string room)
    {
        var project = SourceProject.Find(room);
        AssertKnown(
            RoomRules.Projects[room].KnownLongFiles,
            project.Trees.Where(tree => tree.GetText().Lines.Count - 1 > RoomRules.MaxFileLines).Select(project.GetPath));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_method_is_too_long(string room)
    {
        var project = SourceProject.Find(room);
        AssertKnown(
            RoomRules.Projects[room].KnownLongMethods,
            project.Nodes<SyntaxNode>()
                .Where(node => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
                .Where(node => CountLines(node) > RoomRules.MaxMethodLines)
                .Select(node => project.GetMeaning(node.SyntaxTree).GetDeclaredSymbol(node)!)
                .Select(method => $"{method.ContainingType.Name}.{method.Name}"));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void At_most_a_third_of_the_methods_have_one_word(string room)
    {
        var names = SourceProject.Find(room).FindNamedMethods().Select(method => method.Name).ToList();
        var share = names.Count(name => CountWords(name) == 1) / (double)Math.Max(names.Count, 1);
        Assert.True(
            share > RoomRules.MaxOneWordShare == RoomRules.Projects[room].IsKnownAsTerse,
            $"{share:P0} of the {names.Count} methods of {room} have one word");
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_method_is_called_Of(string room)
        => AssertKnown(
            RoomRules.Projects[room].KnownOf,
            SourceProject.Find(room).FindNamedMethods().Where(method => method.Name == "Of").Select(method => method.ContainingType.Name)
                .Distinct());

    private static void AssertKnown(IEnumerable<string> known, IEnumerable<string> found, string why = "")
    {
        List<string> all = [.. found];
        var added = all.Except(known).Order(StringComparer.Ordinal).ToList();
        var gone = known.Except(all).Order(StringComparer.Ordinal).ToList();
        Assert.True(
            added.Count + gone.Count == 0,
            $"against the rule: {string.Join("; ", added)}{Environment.NewLine}no longer to be listed: {string.Join("; ", gone)}{Environment.NewLine}{why}");
    }

    private static SortedSet<string> FindReached(string room)
    {
        var reached = new SortedSet<string>();
        var waiting = new Stack<string>([room]);
        while (waiting.TryPop(out var next))
        {
            foreach (var reference in ReadItems(next, "ProjectReference").Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)).Where(reached.Add))
            {
                waiting.Push(reference);
            }
        }

        return reached;
    }

    private static IEnumerable<string> ReadPackages(string room) => ReadItems(room, "PackageReference");

    private static IEnumerable<string> ReadItems(string room, string element)
        => SourceProject.Find(room).Xml.Descendants(element).Select(e => e.Attribute("Include")!.Value);

    // Without the lines of attributes, which say nothing of what a method does.
    private static int CountLines(SyntaxNode node)
    {
        var first = node.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList));
        var lines = node.SyntaxTree.GetText().Lines;
        return lines.GetLineFromPosition(node.Span.End).LineNumber - lines.GetLineFromPosition(first.Span.Start).LineNumber + 1;
    }

    private static int CountWords(string name)
        => Words().Count(name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name);

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[0-9]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"\bFile\.(OpenRead|OpenHandle|OpenText|ReadAll\w+|ReadLines\w*)\(")]
    private static partial Regex OpensFile();
}
