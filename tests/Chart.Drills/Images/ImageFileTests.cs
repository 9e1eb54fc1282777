using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills.Images;

/// <summary>What each image is made of: its bases by argument, files that nobody can change, all that its program loads.</summary>
[Collection(ImageSuite.Name)]
public sealed partial class ImageFileTests(ImageBuild build)
{
    // What Debian packages of NVIDIA bring of the libraries that the engines load by these names.
    private static readonly Dictionary<string, string[]> LibrariesByPackage = new()
    {
        ["cuda-cudart-13-0"] = ["libcudart.so.13"],
        ["libcublas-13-0"] = ["libcublas.so.13", "libcublasLt.so.13"],
        ["libcurand-13-0"] = ["libcurand.so.10"],
        ["libcudnn9-cuda-13"] = ["libcudnn.so.9"],
        ["libnvinfer10"] = ["libnvinfer.so.10"],
        ["libnvonnxparsers10"] = ["libnvonnxparser.so.10"],
    };

    [Fact]
    public void Every_base_is_an_argument_that_a_digest_can_take_the_place_of()
    {
        Assert.NotEmpty(build.Dockerfile.FromElsewhere);
        Assert.All(build.Dockerfile.FromElsewhere, stage =>
        {
            var name = Argument().Match(stage.Base).Groups[1].Value;
            Assert.True(build.Dockerfile.Arguments.ContainsKey(name), $"{stage.Name} starts from {stage.Base}");
        });
        Assert.Equal(build.Dockerfile.FromElsewhere.Select(static s => Argument().Match(s.Base).Groups[1].Value).Distinct().Order(), build.Dockerfile.Arguments.Keys.Order());
    }

    [Theory(Timeout = 600_000)]
    [InlineData("gateway")]
    [InlineData("silo")]
    [InlineData("silo-gpu")]
    [InlineData("tool")]
    public async Task An_image_holds_what_it_starts_and_nothing_that_others_can_write(string target)
    {
        var image = await Image.CreateAsync(build, target, TestContext.Current.CancellationToken);
        var files = new DirectoryInfo(image.Files).GetFiles("*", SearchOption.AllDirectories);

        Assert.All(files, static f => Assert.Equal(UnixFileMode.None, f.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.SetUser | UnixFileMode.SetGroup)));
        Assert.All(files, static f => Assert.True(f.UnixFileMode.HasFlag(UnixFileMode.OtherRead), f.FullName));
        foreach (var program in image.Command.Concat(image.Health).Where(a => a.StartsWith(image.Application + "/", StringComparison.Ordinal)))
        {
            var file = files.Single(f => f.FullName == Path.Combine(image.Files, Path.GetRelativePath(image.Application, program)));
            Assert.True(program.EndsWith(".dll", StringComparison.Ordinal) || file.UnixFileMode.HasFlag(UnixFileMode.OtherExecute), $"{program} cannot be started.");
        }

        // No image has ICU, and none needs it.
        Assert.All(files.Where(static f => f.Name.EndsWith(".runtimeconfig.json", StringComparison.Ordinal)), static f => Assert.True(IsInvariant(f)));
        var megabytes = files.Sum(static f => f.Length) / 1e6;
        Assert.InRange(megabytes, 0.9 * ReadDocumentedSize(target), 1.1 * ReadDocumentedSize(target));
    }

    [Fact(Timeout = 600_000)]
    public async Task The_GPU_image_holds_the_runtime_its_providers_and_the_kernels()
    {
        var image = await Image.CreateAsync(build, "silo-gpu", TestContext.Current.CancellationToken);

        Assert.All(
            ["libonnxruntime.so", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so", "libonnxruntime_providers_tensorrt.so", "libcoreclr.so"],
            name => Assert.True(File.Exists(Path.Combine(image.Files, name)), name));
        Assert.DoesNotContain(Directory.GetFiles(image.Files, "*.dll"), static f => Path.GetFileName(f).StartsWith("onnxruntime", StringComparison.Ordinal));
        await using var assembly = File.OpenRead(Path.Combine(image.Files, "Reranker.Inference.dll"));
        using var metadata = new PEReader(assembly);
        var reader = metadata.GetMetadataReader();
        var embedded = reader.ManifestResources.Select(r => reader.GetString(reader.GetManifestResource(r).Name)).Where(static n => n.EndsWith(".ptx", StringComparison.Ordinal));
        var kernels = Directory.GetFiles(Path.Combine(Chart.Root, "src", "Inference", "Engines", "Cuda", "Kernels", "Ptx"), "*.ptx").Select(static f => Path.GetFileName(f));
        Assert.Equal(kernels.Order(), embedded.Order());
    }

    [Fact]
    public void The_packages_of_the_GPU_image_bring_every_library_that_the_engines_load()
    {
        var libraries = Path.Combine(Chart.Root, "src", "Inference", "Engines", "Gpu", "Libraries");
        var source = string.Concat(Directory.GetFiles(libraries, "*.cs").Select(File.ReadAllText));
        var loaded = Library().Matches(source).Select(static m => m.Groups[1].Value).Distinct().Order();
        var installed = LibrariesByPackage.Where(p => build.Dockerfile.Stages["silo-gpu"].FindAll("RUN").First().Contains(p.Key, StringComparison.Ordinal)).SelectMany(static p => p.Value);

        Assert.Equal(loaded, installed.Order());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("gateway", "Gateway")]
    [InlineData("silo", "Silo")]
    [InlineData("tool", "Tool")]
    public async Task The_SDK_would_make_the_same_image(string target, string project)
    {
        var stage = build.Dockerfile.Stages[target];
        string[] asked =
        [
            "-getProperty:ContainerBaseImage", "-getProperty:ContainerUser", "-getProperty:ContainerRepository",
            "-getItem:ContainerPort", "-getItem:ContainerEnvironmentVariable", "-getItem:ContainerAppCommand", "-getItem:ContainerDefaultArgs",
        ];
        await using var sdk = ProgramProcess.StartTool(
            "dotnet", ["msbuild", Path.Combine(Chart.Root, "src", project), "-nologo", "-t:ComputeContainerBaseImage,ComputeContainerConfig", .. asked]);
        Assert.True(await sdk.WaitForExitAsync(TestContext.Current.CancellationToken) == 0, sdk.Output + sdk.Error);
        using var answer = JsonDocument.Parse(sdk.Output);
        var (properties, items) = (answer.RootElement.GetProperty("Properties"), answer.RootElement.GetProperty("Items"));

        Assert.Equal(build.Dockerfile.Arguments[Argument().Match(stage.Base).Groups[1].Value], properties.GetProperty("ContainerBaseImage").GetString());
        Assert.Equal(stage.FindAll("USER").Single(), properties.GetProperty("ContainerUser").GetString());
        Assert.Equal(target == "tool" ? "reranker/reranker" : $"reranker/{target}", properties.GetProperty("ContainerRepository").GetString());
        Assert.Equal(stage.FindAll("EXPOSE").Single().Split(' '), List("ContainerPort", "Identity"));
        Assert.Equal(
            stage.FindAll("ENV").Single().Split(' ').Order(),
            List("ContainerEnvironmentVariable", "Identity").Zip(List("ContainerEnvironmentVariable", "Value"), static (name, value) => $"{name}={value}").Order());
        Assert.Equal(
            stage.FindAll("ENTRYPOINT").Concat(stage.FindAll("CMD")).SelectMany(static json => JsonSerializer.Deserialize<string[]>(json)!),
            List("ContainerAppCommand", "Identity").Concat(List("ContainerDefaultArgs", "Identity")));

        IEnumerable<string> List(string item, string part) => items.GetProperty(item).EnumerateArray().Select(i => i.GetProperty(part).GetString()!);
    }

    private static bool IsInvariant(FileInfo file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file.FullName));
        return json.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.Globalization.Invariant").GetBoolean();
    }

    private static double ReadDocumentedSize(string target)
    {
        var readme = File.ReadAllText(Path.Combine(Chart.Root, "deploy", "README.md"));
        var row = Regex.Match(readme, $@"^\| `{target}` \|.*\| (\d+) MB \|$", RegexOptions.Multiline);
        Assert.True(row.Success, $"deploy/README.md has no row of {target}.");
        return double.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\$\{([A-Z_]+)\}$")]
    private static partial Regex Argument();

    // Of the engines' lists; what a version is put into is the builder's part of TensorRT's package.
    [GeneratedRegex("\"(lib[A-Za-z0-9]+\\.so\\.[0-9]+)\"")]
    private static partial Regex Library();
}
