using Microsoft.Extensions.Logging.Abstractions;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Selection;
using Reranker.Inference.Tests.Engines.Gpu.Driver;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Engines.Cuda;

public sealed class CudaEngineTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_arena_grows_by_what_is_asked_and_FP32_stays_FP32()
    {
        var options = CudaProviderOptions.Create(new FakeDriver().DescribeDevice(1), new CudaOptions { GraphTokens = 0 });

        Assert.Equal(
            new Dictionary<string, string> { ["device_id"] = "1", ["arena_extend_strategy"] = "kSameAsRequested", ["use_tf32"] = "0" }, options);
    }

    [Theory]
    [InlineData(1, "fp16", 8192)]
    [InlineData(1, "fp8", 8192)]
    [InlineData(2, "fp8", 0)]
    [InlineData(2, "fp16", 0)]
    [InlineData(1, "fp32", 0)]
    public void Runs_that_may_be_at_once_or_read_token_offsets_are_not_captured(int instances, string precision, int graphTokens)
        => Assert.Equal(graphTokens, CudaProviderOptions.ResolveOptions(new EngineOptions { InstancesPerGpu = instances }, precision).GraphTokens);

    [Fact]
    public void A_memory_limit_reaches_the_provider()
    {
        var options = CudaProviderOptions.Create(new FakeDriver().DescribeDevice(0), new CudaOptions { MemoryLimitBytes = 2_000_000_000 });

        Assert.Equal("2000000000", options["gpu_mem_limit"]);
    }

    [Fact]
    public void Runs_are_captured_only_where_some_batch_is_small_enough()
    {
        var device = new FakeDriver().DescribeDevice(0);

        Assert.Equal("1", CudaProviderOptions.Create(device, new CudaOptions())["enable_cuda_graph"]);
        Assert.DoesNotContain("enable_cuda_graph", CudaProviderOptions.Create(device, new CudaOptions { GraphTokens = 63 }).Keys);
    }

    [Fact]
    public void A_model_without_the_form_is_not_for_CUDA()
    {
        var request = new EngineRequest(
            TinyModels.Import(_temp), new EngineOptions { Engine = EngineKind.Cuda, Cuda = new CudaOptions { GraphForm = "packed-other" } });

        var error = Assert.Throws<EngineUnavailableException>(
            () => new CudaLoader(new FakeDriver(), TimeProvider.System, NullLogger.Instance).Load(request));

        Assert.Equal("model 'tiny' (fp32) has no graph of the form 'packed-other'", error.Reason);
    }

    [Fact]
    public void The_automatic_choice_without_a_GPU_is_the_CPU_and_says_why()
    {
        Assert.SkipWhen(CudaDriver.Instance.Problem is null, "This machine has a GPU.");

        using var engine = EngineFactory.CreateDefault(NullLoggerFactory.Instance)
            .Load(TinyModels.Import(_temp), new EngineOptions { CalibrationTime = TimeSpan.Zero });

        Assert.Equal("CPU", engine.Description.ExecutionProvider);
        Assert.Equal($"Cuda: {CudaDriver.Instance.Problem}; TensorRt: {CudaDriver.Instance.Problem}", engine.Description.FallbackReason);
    }

    [Theory]
    [InlineData(EngineKind.Cuda)]
    [InlineData(EngineKind.TensorRt)]
    public void A_named_engine_that_does_not_work_here_is_an_error(EngineKind kind)
    {
        Assert.SkipWhen(CudaDriver.Instance.Problem is null, "This machine has a GPU.");

        var error = Assert.Throws<EngineUnavailableException>(() => EngineFactory.CreateDefault(NullLoggerFactory.Instance)
            .Load(TinyModels.Import(_temp), new EngineOptions { Engine = kind }));

        Assert.Equal(CudaDriver.Instance.Problem, error.Reason);
    }
}
