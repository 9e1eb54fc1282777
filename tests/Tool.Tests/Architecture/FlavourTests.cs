using System.Text.Json;
using System.Xml.Linq;

namespace Reranker.Tool.Tests.Architecture;

/// <summary>A build takes ONNX Runtime for CPUs or for GPUs; both are locked, and nothing else differs between them.</summary>
public sealed class FlavourTests
{
    public static TheoryData<string> Projects
        => [.. new[] { "src", "tests", "samples" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(path)!))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_locks_of_both_flavours_differ_in_the_runtime_alone(string project)
    {
        var cpu = Locked(project, "packages.lock.json", "net10.0");
        var gpu = Locked(project, "packages.gpu.lock.json", "net10.0");
        Assert.Equal(
            cpu.Where(p => p.Key != "Microsoft.ML.OnnxRuntime").OrderBy(p => p.Key),
            gpu.Where(p => !p.Key.StartsWith("Microsoft.ML.OnnxRuntime.Gpu", StringComparison.Ordinal)).OrderBy(p => p.Key));
        Assert.Equal(cpu.ContainsKey("Microsoft.ML.OnnxRuntime"), gpu.ContainsKey("Microsoft.ML.OnnxRuntime.Gpu"));
    }

    [Fact]
    public void Managed_and_native_runtime_are_of_one_version_in_both_flavours()
    {
        var pinned = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Single(p => p.Attribute("Include")!.Value == "Microsoft.ML.OnnxRuntime").Attribute("Version")!.Value;
        string[] locks = ["packages.lock.json", "packages.gpu.lock.json"];
        var versions = locks.SelectMany(file => Locked("src/Inference", file, "net10.0"))
            .Where(p => p.Key.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal)).ToList();
        Assert.Equal(6, versions.Count);
        Assert.All(versions, p => Assert.Equal(pinned, p.Value));
    }

    [Fact]
    public void A_restore_for_GPUs_says_before_it_fails_where_to_read_on()
    {
        const string Anchor = "docs/configuration.md#where-the-gpu-package-cannot-be-had";
        var message = XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.targets")).Descendants("Target")
            .Single(t => t.Attribute("BeforeTargets")?.Value == "Restore").Element("Message")!;

        Assert.Equal("high", message.Attribute("Importance")!.Value);
        Assert.EndsWith(Anchor, message.Attribute("Text")!.Value, StringComparison.Ordinal);
        Assert.Contains("\n### Where the GPU package cannot be had\n", File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void No_program_brings_libraries_for_telephones()
    {
        var libraries = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reranker.deps.json"));

        Assert.Contains("runtimes/linux-x64/native/libonnxruntime.so", libraries, StringComparison.Ordinal);
        Assert.DoesNotContain("runtimes/ios", libraries, StringComparison.Ordinal);
        Assert.DoesNotContain("runtimes/android", libraries, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_tell_compressed_data_that_was_cut_from_data_that_ended() => Assert.All(
        (string[])["reranker", "Reranker.Silo", "Reranker.Gateway"],
        static program => Assert.True(JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, $"{program}.runtimeconfig.json")))
            .RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.IO.Compression.UseStrictValidation").GetBoolean()));

    [Fact]
    public void The_lock_for_GPUs_knows_the_platform_that_it_is_published_for()
        => Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu.Linux", Locked("src/Tool", "packages.gpu.lock.json", "net10.0/linux-x64"));

    private static Dictionary<string, string> Locked(string project, string file, string target)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, project, file)));
        return json.RootElement.GetProperty("dependencies").GetProperty(target).EnumerateObject()
            .Where(p => p.Value.TryGetProperty("resolved", out _))
            .ToDictionary(p => p.Name, p => p.Value.GetProperty("resolved").GetString()!);
    }
}
