using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Tests.Engines.Gpu;

namespace Reranker.Inference.Tests.Engines.Onnx;

public sealed class OnnxFaultsTests
{
    [Theory]
    [InlineData("Failed to allocate memory for requested buffer of size 4096", EngineFault.OutOfMemory)]
    [InlineData("std::bad_alloc", EngineFault.OutOfMemory)]
    [InlineData("Available memory of 1024 is smaller than requested bytes of 4096", EngineFault.OutOfMemory)]
    [InlineData("CUDA failure 2: out of memory ; GPU=0", EngineFault.OutOfMemory)]
    [InlineData("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", EngineFault.OutOfMemory)]
    [InlineData("Error Code 2: OutOfMemory (Requested size was 4096 bytes.)", EngineFault.OutOfMemory)]
    [InlineData("Non-zero status code returned while running Gather node.", EngineFault.Batch)]
    public void Words_tell_whether_memory_was_missing(string message, EngineFault expected)
    {
        var fault = OnnxFaults.TranslateFault(GpuFaultsTests.RuntimeError(message));

        Assert.Equal(expected, fault.Fault);
        Assert.Equal(expected == EngineFault.OutOfMemory, OnnxFaults.IsOutOfMemory(fault));
    }

    [Fact]
    public void A_message_is_its_first_line_without_the_places_it_came_from()
        => Assert.EndsWith(
            " It failed.", OnnxFaults.TranslateFault(GpuFaultsTests.RuntimeError("It failed. \nat node 7\nat node 8")).Message, StringComparison.Ordinal);
}
