using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reranker.Tool.Tests.Architecture;

/// <summary>Which folder of a project uses types of which other one, and the circles among them.</summary>
internal sealed class FolderUses
{
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _uses = new(StringComparer.Ordinal);

    private FolderUses(IEnumerable<(string From, string To, string Type)> uses)
    {
        foreach (var (from, to, type) in uses)
        {
            var ofFolder = Get(_uses, from);
            if (from != to)
            {
                Get(ofFolder, to).Add(type);
            }
        }
    }

    /// <summary>The folders.</summary>
    public IEnumerable<string> Folders => _uses.Keys;

    /// <summary>Names that a file has and that mean nothing: what they would use goes unseen.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Reads what the files of a project use; slow.</summary>
    public static FolderUses Read(SourceProject project)
    {
        var uses = new ConcurrentBag<(string From, string To, string Type)>();
        var unknown = new ConcurrentBag<string>();
        Parallel.ForEach(project.Trees, tree =>
        {
            var folder = project.GetFolder(tree);
            uses.Add((folder, folder, ""));
            var meaning = project.GetMeaning(tree);
            foreach (var node in tree.GetRoot().DescendantNodes())
            {
                if (node is not (SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
                {
                    continue;
                }

                if (FindSymbol(meaning, node) is { } symbol)
                {
                    if (FindType(symbol) is { } type && project.FindFolder(type) is { } used)
                    {
                        uses.Add((folder, used, type.Name));
                    }
                }
                else if (!IsKeyword(node))
                {
                    unknown.Add($"{project.GetPath(tree)}: {node}");
                }
            }
        });
        return new FolderUses(uses) { Unknown = [.. unknown.Distinct().Order(StringComparer.Ordinal)] };
    }

    /// <summary>The types of other folders that a folder uses, by folder.</summary>
    public IReadOnlyDictionary<string, SortedSet<string>> GetUses(string folder) => _uses[folder];

    /// <summary>The circles: sets of folders that all reach each other. Each is given in the order of the alphabet.</summary>
    public IReadOnlyList<string[]> FindCircles()
    {
        var reached = _uses.Keys.ToDictionary(folder => folder, FindReached);
        return [.. _uses.Keys
            .Select(folder => (string[])[.. _uses.Keys.Where(other => reached[folder].Contains(other) && reached[other].Contains(folder))])
            .Where(circle => circle.Length > 1)
            .DistinctBy(circle => circle[0])];
    }

    /// <summary>What holds a circle together, for the message of a test.</summary>
    public string Explain(IReadOnlyCollection<string> circle) => string.Join(
        "; ",
        from folder in circle
        from use in _uses[folder]
        where circle.Contains(use.Key)
        select $"{folder} -> {use.Key} ({string.Join(", ", use.Value.Take(6))})");

    private HashSet<string> FindReached(string folder)
    {
        var reached = new HashSet<string>();
        var waiting = new Stack<string>([folder]);
        while (waiting.TryPop(out var next))
        {
            foreach (var used in _uses[next].Keys.Where(reached.Add))
            {
                waiting.Push(used);
            }
        }

        return reached;
    }

    private static ISymbol? FindSymbol(SemanticModel meaning, SyntaxNode node)
        => FindCalled(meaning, node) ?? (meaning.GetSymbolInfo(node) is var info ? info.Symbol ?? info.CandidateSymbols.FirstOrDefault() : null);

    // Asked for the name alone, the compiler would list all methods of that name, and look for them through every extension in sight.
    private static IMethodSymbol? FindCalled(SemanticModel meaning, SyntaxNode node)
    {
        var called = node.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Name == node => access,
            MemberBindingExpressionSyntax binding => binding,
            _ => node,
        };
        return called.Parent is InvocationExpressionSyntax call && call.Expression == called
            && meaning.GetSymbolInfo(call).Symbol is IMethodSymbol { MethodKind: not MethodKind.DelegateInvoke } method
                ? method
                : null;
    }

    private static bool IsKeyword(SyntaxNode node) => node is IdentifierNameSyntax { Identifier.Text: "nameof" or "unmanaged" or "notnull" };

    private static INamedTypeSymbol? FindType(ISymbol symbol) => symbol switch
    {
        IAliasSymbol alias => FindType(alias.Target),
        INamedTypeSymbol type => Outermost(type),
        IMethodSymbol { MethodKind: MethodKind.LocalFunction } or ILocalSymbol or IParameterSymbol or ILabelSymbol or IRangeVariableSymbol => null,
        { ContainingType: { } type } => Outermost(type),
        _ => null,
    };

    private static INamedTypeSymbol Outermost(INamedTypeSymbol type)
        => type.ContainingType is { } outer ? Outermost(outer) : type.OriginalDefinition;

    private static TValue Get<TValue>(SortedDictionary<string, TValue> all, string key)
        where TValue : new()
    {
        if (!all.TryGetValue(key, out var value))
        {
            all[key] = value = new TValue();
        }

        return value;
    }
}
