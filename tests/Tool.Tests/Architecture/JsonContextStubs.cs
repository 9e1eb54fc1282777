using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reranker.Tool.Tests.Architecture;

/// <summary>
/// What the generator of JSON would add to the contexts of a file, without bodies: it does not run here, and what is read by a context
/// would have no type, so that its uses went unseen.
/// </summary>
internal static class JsonContextStubs
{
    /// <summary>The stubs of all contexts that a file declares, as text of another file.</summary>
    public static IEnumerable<string> Write(SyntaxTree tree)
    {
        var root = tree.GetCompilationUnitRoot();
        foreach (var context in root.DescendantNodes().OfType<ClassDeclarationSyntax>())
        {
            var types = context.AttributeLists.SelectMany(list => list.Attributes).Where(a => a.Name.ToString() == "JsonSerializable")
                .SelectMany(a => a.DescendantNodes().OfType<TypeOfExpressionSyntax>().Take(1)).Select(typeOf => typeOf.Type).ToList();
            if (types.Count > 0)
            {
                var outer = context.Ancestors().OfType<TypeDeclarationSyntax>().Reverse().ToList();
                yield return $$"""
                    {{root.Usings}}
                    namespace {{root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Single().Name}};
                    {{string.Concat(outer.Select(o => $"partial {GetKeyword(o)} {o.Identifier} {{"))}}
                    partial class {{context.Identifier}}
                    {
                        public static {{context.Identifier}} Default => null!;
                    {{string.Join('\n', types.Select(type => $"    public System.Text.Json.Serialization.Metadata.JsonTypeInfo<{type}> {type} => null!;"))}}
                    }
                    {{new string('}', outer.Count)}}
                    """;
            }
        }
    }

    private static string GetKeyword(TypeDeclarationSyntax type)
        => type is RecordDeclarationSyntax { ClassOrStructKeyword: { ValueText: var kind } } ? $"record {kind}" : type.Keyword.ValueText;
}
