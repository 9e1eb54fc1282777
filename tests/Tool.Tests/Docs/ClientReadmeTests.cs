using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Reranker.Tool.Tests.Docs;

/// <summary>What the README of the client package promises: programs that compile, and what they bring along.</summary>
public sealed partial class ClientReadmeTests
{
    // As the SDK of web projects adds them.
    private const string GlobalUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.DependencyInjection;
        """;

    private static readonly string Client = Path.Combine(Repository.Root, "src", "Client");

    public static TheoryData<string> Programs => [.. Program().Matches(File.ReadAllText(Path.Combine(Client, "README.md"))).Select(static m => m.Groups[1].Value)];

    [Fact]
    public void The_README_shows_programs() => Assert.True(Programs.Count >= 2);

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_program_of_the_README_compiles(string program)
    {
        var stop = TestContext.Current.CancellationToken;
        var options = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            "readme",
            [CSharpSyntaxTree.ParseText(GlobalUsings, options, cancellationToken: stop), CSharpSyntaxTree.ParseText(program, options, cancellationToken: stop)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        Assert.Empty(compilation.GetDiagnostics(stop).Where(static d => d.Severity >= DiagnosticSeverity.Warning).Select(static d => d.ToString()));
    }

    [Fact]
    public void A_client_restores_no_database_and_no_inference()
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Client, "packages.lock.json")));
        var packages = locked.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject().Select(static p => p.Name).ToArray();

        Assert.Contains("Microsoft.Orleans.Client", packages);
        Assert.DoesNotContain(packages, static p => Heavy().IsMatch(p));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex("Redis|Npgsql|AdoNet|Sockets.Unofficial|OnnxRuntime|OpenTelemetry|Tokenizers", RegexOptions.IgnoreCase)]
    private static partial Regex Heavy();
}
