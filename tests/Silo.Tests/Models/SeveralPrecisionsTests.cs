using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Reranker.Grains.Models;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Models;
using Reranker.Onnx.Import;
using Reranker.Silo.Models;
using Reranker.Silo.Settings;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Silo.Tests.Models;

/// <summary>A folder with several precisions in a silo: which one is served, and where one must be named.</summary>
public sealed class SeveralPrecisionsTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ModelFolder _folder;

    public SeveralPrecisionsTests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 5);
        CheckpointImporter.ImportAsync(
            _temp["checkpoint"],
            _temp["tiny"],
            new ImportOptions { Precisions = [ModelPrecision.Fp32, ModelPrecision.Fp16, ModelPrecision.Int8], Gate = false },
            null,
            CancellationToken.None).GetAwaiter().GetResult();
        _folder = ModelFolder.Open(_temp["tiny"]);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(null, null, "fp32")]
    [InlineData("fp16", null, "fp16")]
    [InlineData("fp16", "int8", "int8")]
    public async Task The_catalog_has_the_precision_that_the_engines_became(string? all, string? one, string served)
    {
        var options = CreateOptions(all, one);
        await using var runtime = new ModelRuntime(
            Options.Create(options), EngineFactory.CreateDefault(NullLoggerFactory.Instance), NullLoggerFactory.Instance, TimeProvider.System);
        var host = new ModelWorkerHost(runtime, Options.Create(options), NullLogger<ModelWorkerHost>.Instance);
        await host.StartAsync(Cancelled);

        var identity = _folder.WithPrecision(served).Manifest.Identity;
        Assert.Equal((identity, served), (Assert.Single(host.Models).Identity, host.Models[0].Manifest.Precision));
        Assert.Equal(identity, Assert.Single(Assert.Single(host.Workers).Engines).ModelIdentity);
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public async Task One_that_is_loaded_later_is_found_by_its_identity()
    {
        var options = CreateOptions("fp16");
        options.ModelsRoot = _temp.Path;
        var runtime = new ScriptedRuntime();
        var host = new ModelWorkerHost(runtime, Options.Create(options), NullLogger<ModelWorkerHost>.Instance);
        Assert.Equal("fp16", host.ReadManifest("tiny").Precision);

        // Whatever this silo would have chosen.
        var int8 = _folder.WithPrecision("int8").Manifest.Identity;
        await host.LoadAsync(new ModelPlacement(int8, "later", "tiny", 1), Cancelled);
        Assert.Equal((int8, "int8"), (host.Models[0].Identity, host.Models[0].Manifest.Precision));

        options.Precision = null;
        Assert.Contains("must say which", Assert.Throws<ModelFolderException>(() => host.ReadManifest("tiny")).Message, StringComparison.Ordinal);
        options.Precision = "fp8";
        Assert.Contains("and not fp8", Assert.Throws<ModelFolderException>(() => host.ReadManifest("tiny")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("InProcess", null, true, null)]
    [InlineData("InProcess", null, false, "must say which one the cluster serves")]
    [InlineData("Redis", null, true, "must say which one the cluster serves")]
    [InlineData("Redis", "fp16", true, null)]
    [InlineData("InProcess", "fp8", true, "holds fp32, fp16, int8 and not fp8")]
    public async Task A_cluster_says_which_before_anything_is_loaded(string clustering, string? precision, bool workers, string? fault)
    {
        var options = CreateOptions(precision);
        options.Workers = workers;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Reranker:Clustering"] = clustering,
            ["Reranker:Cluster:AdminSecret"] = new string('s', 40),
            ["Reranker:Cluster:ConnectionString"] = "localhost:1",
        }).Build();

        var faults = await new ModelFoldersCheck(Options.Create(options), configuration).FindFaultsAsync(Cancelled);

        Assert.Equal(fault is null ? 0 : 1, faults.Count);
        Assert.All(faults, f => Assert.Contains(fault!, f, StringComparison.Ordinal));
    }

    private RerankerSiloOptions CreateOptions(string? precision, string? ofModel = null)
    {
        var options = new RerankerSiloOptions { Precision = precision, Engine = EngineKind.Cpu, CpuThreads = 1, CalibrationTime = TimeSpan.Zero };
        options.Models.Add("tiny", _folder.Path);
        if (ofModel is not null)
        {
            options.Precisions.Add("tiny", ofModel);
        }

        return options;
    }
}
