using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Models;
using Reranker.Inference.Tests.Engines.Cpu;
using Reranker.Inference.Tests.Engines.Gpu;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Libraries;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.TensorRt;

/// <summary>What a load leaves behind. The CPU provider stands for TensorRT's.</summary>
[Collection(Captures.OneAtATime)]
public sealed class TensorRtLoadTests(CpuEngineTests.TinyModels models) : IClassFixture<CpuEngineTests.TinyModels>, IDisposable
{
    // A device that no other test has: its thread has a name of its own.
    private const int Device = 37;
    private const string Thread = "tensorrt-37";

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_load_that_fails_leaves_no_thread_and_one_that_works_ends_its_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are looked up where Linux shows them.");
        var model = ModelFolder.Open(models["fp32"]);
        using (Load(model))
        {
            Assert.Contains(Thread, Threads());
        }

        await Until.TrueAsync(() => !Threads().Contains(Thread));
        using var other = models.Copy("fp32", m => m with { Probes = [new ManifestProbe([0, 5, 2], 99)] });
        for (var i = 0; i < 3; i++)
        {
            Assert.Throws<ModelFolderException>(() => Load(ModelFolder.Open(other.Path)));
        }

        await Until.TrueAsync(() => !Threads().Contains(Thread));
    }

    private IInferenceEngine Load(ModelFolder model)
    {
        var driver = new FakeDriver { DeviceCount = Device + 1 };
        var options = new EngineOptions
        {
            Engine = EngineKind.TensorRt,
            Devices = [Device],
            CalibrationTime = TimeSpan.Zero,
            TensorRt = new TensorRtOptions { EngineCache = _temp["cache"] },
        };
        var loader = new TensorRtLoader(
            driver,
            new GpuLibraries(driver, new FakeLibraries()),
            TimeProvider.System,
            NullLogger.Instance,
            (_, _) => new InferenceSession(model.FindGraphPath("padded")));
        return loader.Load(new EngineRequest(model, options));
    }

    // A thread's name is cut off after fifteen characters there.
    private static IEnumerable<string> Threads() => Directory.EnumerateDirectories("/proc/self/task").Select(static task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            return "";
        }
    });
}
