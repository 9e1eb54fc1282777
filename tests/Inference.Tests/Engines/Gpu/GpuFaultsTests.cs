using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Gpu;
using Reranker.Inference.Tests.Engines.Gpu.Driver;

namespace Reranker.Inference.Tests.Engines.Gpu;

[Collection(Captures.OneAtATime)]
public sealed class GpuFaultsTests
{
    private const string Arena = "BFCArena::AllocateRawInternal Available memory of 1024 is smaller than requested bytes of 4096";
    private const string Cuda = "CUDA failure 2: out of memory ; GPU=0";
    private const string CuBlas = "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED";
    private const string Other = "TensorRT EP execution context enqueue failed.";

    [Theory]
    [InlineData(Arena, EngineFault.OutOfMemory)]
    [InlineData(Cuda, EngineFault.OutOfMemory)]
    [InlineData(CuBlas, EngineFault.OutOfMemory)]
    [InlineData(Other, EngineFault.Batch)]
    public void A_device_that_still_works_tells_memory_from_the_rest(string message, EngineFault expected)
        => Assert.Equal(expected, Fault(message, answer: 0).Fault);

    [Theory]
    [InlineData(Cuda)]
    [InlineData(Other)]
    public void A_device_that_does_not_answer_is_lost_whatever_the_words(string message)
        => Assert.Equal(EngineFault.DeviceLost, Fault(message, answer: 700).Fault);

    [Fact]
    public void A_model_that_does_not_fit_is_told_apart_from_one_that_does_not_run()
    {
        var device = new FakeDriver().DescribeDevice(0);

        Assert.Equal("the GPU NVIDIA H100 80GB HBM3 has too little free memory for the model", GpuFaults.DescribeReason(new InvalidOperationException(Cuda), device));
        Assert.Equal(
            "the model does not run on the GPU NVIDIA H100 80GB HBM3 (TensorRT EP execution context enqueue failed)",
            GpuFaults.DescribeReason(new InvalidOperationException(Other), device));
    }

    [Theory]
    [InlineData(900)]
    [InlineData(906)]
    [InlineData(2)]
    [InlineData(1)]
    public void A_device_that_refuses_one_call_is_not_lost(int answer)
    {
        Assert.Equal(EngineFault.Batch, Fault(Other, answer).Fault);
        Assert.Equal(EngineFault.OutOfMemory, Fault(Cuda, answer).Fault);
    }

    [Fact]
    public void The_device_is_not_asked_while_somebody_captures()
    {
        var driver = new FakeDriver();

        Captures.Meanwhile(() => GpuFaults.IsLost(driver, 0), check: () => Assert.Equal(0, driver.Synchronizations));

        Assert.Equal(1, driver.Synchronizations);
    }

    [Fact]
    public void It_may_be_asked_within_what_keeps_out_of_captures()
    {
        using var pass = CaptureGate.EnterForWork();

        Assert.True(GpuFaults.IsLost(new FakeDriver { Answer = 719 }, 0));
    }

    private static EngineException Fault(string message, int answer)
    {
        var driver = new FakeDriver { Answer = answer };
        return GpuFaults.TranslateFault(RuntimeError(message), driver, driver.DescribeDevice(0));
    }

    // The runtime keeps its exception's constructor to itself.
    internal static OnnxRuntimeException RuntimeError(string message) => (OnnxRuntimeException)Activator.CreateInstance(
        typeof(OnnxRuntimeException),
        System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance,
        null,
        [FailCode(), message],
        null)!;

    private static object FailCode()
    {
        var type = typeof(OnnxRuntimeException).Assembly.GetType("Microsoft.ML.OnnxRuntime.ErrorCode", throwOnError: true)!;
        return Enum.ToObject(type, 1);
    }
}
