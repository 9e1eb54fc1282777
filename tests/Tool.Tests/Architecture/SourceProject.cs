using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reranker.Tool.Tests.Architecture;

/// <summary>
/// One project under src, compiled from its sources, so that rules are judged by what names mean: a constant leaves no trace in an
/// assembly, and a type that is only inferred none in the text.
/// </summary>
internal sealed class SourceProject
{
    private static readonly Lazy<IReadOnlyList<SourceProject>> Projects = new(()
        => [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Order().AsParallel().AsOrdered().Select(folder => new SourceProject(folder))]);

    // What this process runs with is what src is compiled against. Read once: each is shared by all projects.
    private static readonly PortableExecutableReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    private readonly string _folder;
    private readonly CSharpCompilation _compilation;
    private readonly Lazy<FolderUses> _uses;

    private SourceProject(string folder)
    {
        _folder = folder;
        _uses = new Lazy<FolderUses>(() => FolderUses.Read(this));
        Name = Path.GetFileName(folder);
        Xml = XDocument.Load(Path.Combine(folder, $"Reranker.{Name}.csproj"));
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithDocumentationMode(DocumentationMode.None);
        Trees = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order()
            .Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(path), options, path))];
        var assembly = $"Reranker.{Name}";
        _compilation = CSharpCompilation.Create(
            assembly,
            [
                .. Trees,
                .. GlobalUsings().Select(u => $"global using {u};").Concat(Trees.SelectMany(JsonContextStubs.Write))
                    .Select(text => CSharpSyntaxTree.ParseText(text, options)),
            ],
            References.Where(reference => Path.GetFileNameWithoutExtension(reference.FilePath) != assembly),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    /// <summary>All projects under src, read once.</summary>
    public static IReadOnlyList<SourceProject> All => Projects.Value;

    /// <summary>Name of its folder.</summary>
    public string Name { get; }

    /// <summary>Its project file.</summary>
    public XDocument Xml { get; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<SyntaxTree> Trees { get; }

    /// <summary>What its folders use of each other.</summary>
    public FolderUses Uses => _uses.Value;

    /// <summary>The project of that name.</summary>
    public static SourceProject Find(string name) => All.Single(p => p.Name == name);

    /// <summary>Path of a file, as a reader of src says it.</summary>
    public string GetPath(SyntaxTree tree) => Path.GetRelativePath(Path.GetDirectoryName(_folder)!, tree.FilePath);

    /// <summary>What names mean in a file.</summary>
    public SemanticModel GetMeaning(SyntaxTree tree) => _compilation.GetSemanticModel(tree);

    /// <summary>The folder of a file: "." is the project's own.</summary>
    public string GetFolder(SyntaxTree tree) => Path.GetRelativePath(_folder, Path.GetDirectoryName(tree.FilePath)!);

    /// <summary>The folder in which a type of this project is declared; null for a type of others.</summary>
    public string? FindFolder(INamedTypeSymbol type)
        => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly)
            && type.DeclaringSyntaxReferences.FirstOrDefault() is { } declaration && declaration.SyntaxTree.FilePath.Length > 0
                ? GetFolder(declaration.SyntaxTree)
                : null;

    /// <summary>Everything of a kind that its files declare or contain.</summary>
    public IEnumerable<T> Nodes<T>()
        where T : SyntaxNode
        => Trees.SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<T>());

    /// <summary>The methods that are ours to name: no overrides, nothing that an interface has named, no Dispose and no Main.</summary>
    public IEnumerable<IMethodSymbol> FindNamedMethods() => Nodes<MethodDeclarationSyntax>()
        .Select(declaration => GetMeaning(declaration.SyntaxTree).GetDeclaredSymbol(declaration)!)
        .Where(method => method is { IsOverride: false, ExplicitInterfaceImplementations.IsEmpty: true, Name: not ("Dispose" or "DisposeAsync" or "Main") }
            && !method.ContainingType.AllInterfaces.SelectMany(i => i.GetMembers(method.Name)).Any(
                member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method)));

    // What the SDKs of the projects add to every file.
    private IEnumerable<string> GlobalUsings()
    {
        string[] all = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];
        string[] web =
        [
            "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
            "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
            "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
        ];
        string[] orleans = ["Orleans", "Orleans.Hosting", "Orleans.Runtime"];
        return [.. all, .. Xml.Root!.Attribute("Sdk")!.Value.EndsWith(".Web", StringComparison.Ordinal) ? web : [], .. SeesOrleans(Name) ? orleans : []];
    }

    private static bool SeesOrleans(string project) => project is not ("Inference" or "Onnx");
}
