using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Cuda;

public sealed class MeasurementKeyTests : IDisposable
{
    private static readonly CostLimits Limits = new(512, 256, 8192, 1);
    private static readonly GpuDevice Gpu = new FakeDriver().DescribeDevice(0) with { Processors = 132, ClockKilohertz = 1_980_000 };

    private readonly TempFolder _temp = new();
    private EngineRequest? _request;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Every_part_of_the_key_makes_another_folder()
    {
        var key = Key(Request());
        MeasurementKey[] others =
        [
            key with { ModelIdentity = "x" },
            key with { GraphSha256 = "x" },
            key with { Precision = "x" },
            key with { Gpu = "x" },
            key with { Driver = "x" },
            key with { Cuda = "x" },
            key with { CublasLt = "x" },
            key with { OnnxRuntime = "x" },
            key with { Kernels = "x" },
            key with { Limits = "x" },
            key with { Options = "x" },
        ];

        Assert.Equal(typeof(MeasurementKey).GetProperties().Count(p => p.CanWrite), others.Length);
        Assert.Equal(others.Length + 1, others.Append(key).Select(k => k.Hash).Distinct().Count());
        Assert.Equal(key.Hash, Key(Request()).Hash);
    }

    [Fact]
    public void What_differs_between_two_starts_differs_in_the_key()
    {
        var request = Request();
        MeasurementKey[] keys =
        [
            Key(request),
            Key(request, gpu: Gpu with { Name = "NVIDIA H200" }),
            Key(request, gpu: Gpu with { Processors = 16 }),
            Key(request, gpu: Gpu with { MemoryBytes = 1 << 30 }),
            Key(request, gpu: Gpu with { ClockKilohertz = 1_000_000 }),
            Key(request, gpu: Gpu with { Driver = "590.1" }),
            Key(request, limits: Limits with { MaxBatchTokens = 4096 }),
            Key(request, limits: Limits with { MaxPairTokens = 256 }),
            Key(request, limits: Limits with { MaxBatchPairs = 128 }),
            Key(request, limits: Limits with { Lanes = 2 }),
            Key(request, new CudaOptions { GraphTokens = 2048 }),
            Key(request, new CudaOptions { MemoryLimitBytes = 1 << 30 }),
            Key(request with { Options = new EngineOptions { CalibrationTime = TimeSpan.FromSeconds(1) } }),
            Key(request, cublasLt: 130_102),
        ];

        Assert.Equal(keys.Length, keys.Select(k => k.Hash).Distinct().Count());
        Assert.Contains("gpu NVIDIA H100 80GB HBM3, 90, 85899345920 bytes, 132 processors, 1980000 kHz\n", keys[0].Text, StringComparison.Ordinal);
        Assert.Equal(request.Model.Manifest.Files.Single(f => f.Name == "padded.onnx").Sha256, keys[0].GraphSha256);
        Assert.NotEqual(Key(request, gpu: Gpu with { ComputeCapability = 80 }).Kernels, keys[0].Kernels);
    }

    // A GPU is not told from another of its kind: what one has measured serves the others of the machine.
    [Fact]
    public void GPUs_of_one_kind_share_what_is_kept() => Assert.Equal(Key(Request()).Hash, Key(Request(), gpu: Gpu with { Ordinal = 1 }).Hash);

    private static MeasurementKey Key(EngineRequest request, CudaOptions? options = null, GpuDevice? gpu = null, CostLimits? limits = null, long cublasLt = 130_101)
        => MeasurementKey.CreateKey(request, options ?? new CudaOptions(), request.Model.FindGraphPath("padded")!, gpu ?? Gpu, limits ?? Limits, 13_000, cublasLt);

    private EngineRequest Request() => _request ??= new EngineRequest(TinyModels.Import(_temp), new EngineOptions());
}
