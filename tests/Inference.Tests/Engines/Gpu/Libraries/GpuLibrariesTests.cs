using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Inference.Engines.Onnx.Operators;
using Reranker.Inference.Tests.Engines.Gpu.Driver;

namespace Reranker.Inference.Tests.Engines.Gpu.Libraries;

public sealed class GpuLibrariesTests
{
    private const string Doctor = " ('reranker doctor' shows all that is missing)";

    [Fact]
    public void Nothing_is_missing_on_a_complete_machine()
    {
        var libraries = new GpuLibraries(new FakeDriver(), new FakeLibraries());

        Assert.Null(libraries.FindMissingForCuda());
        Assert.Null(libraries.FindMissingForTensorRt());
        Assert.Null(libraries.FindMissingForBuild(new FakeDriver().DescribeDevice(0)));
        Assert.Equal("10.6.0", libraries.ReadTensorRtVersion());
    }

    [Theory]
    [InlineData("CUDAExecutionProvider", "this build's ONNX Runtime has no CUDA provider; build with the GPU package (-p:Gpu=true)")]
    [InlineData("interface", "ONNX Runtime in /app is too old: it has no interface 24")]
    [InlineData("libonnxruntime_providers_shared.so", "libonnxruntime_providers_shared.so was not found beside ONNX Runtime in /app")]
    [InlineData("libonnxruntime_providers_cuda.so", "libonnxruntime_providers_cuda.so was not found beside ONNX Runtime in /app")]
    [InlineData("libcudart.so.13", $"libcudart.so.13 of CUDA 13 was not found; install cuda-cudart-13-0 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libcublasLt.so.13", $"libcublasLt.so.13 of CUDA 13 was not found; install libcublas-13-0 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libcurand.so.10", $"libcurand.so.10 of CUDA 13 was not found; install libcurand-13-0 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libcublas.so.13", $"libcublas.so.13 of CUDA 13 was not found; install libcublas-13-0 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    public void CUDA_names_what_is_missing(string missing, string expected)
        => Assert.Equal(expected, new GpuLibraries(new FakeDriver(), new FakeLibraries(missing)).FindMissingForCuda());

    [Theory]
    [InlineData("TensorrtExecutionProvider", "this build's ONNX Runtime has no TensorRT provider; build with the GPU package (-p:Gpu=true)")]
    [InlineData("libonnxruntime_providers_tensorrt.so", "libonnxruntime_providers_tensorrt.so was not found beside ONNX Runtime in /app")]
    [InlineData("libcudart.so.13", $"libcudart.so.13 of CUDA 13 was not found; install cuda-cudart-13-0 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libcudnn.so.9", $"libcudnn.so.9 of cuDNN 9 was not found; install libcudnn9-cuda-13 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libnvinfer.so.10", $"libnvinfer.so.10 of TensorRT 10 was not found; install libnvinfer10 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData(
        "libnvonnxparser.so.10", $"libnvonnxparser.so.10 of TensorRT's ONNX parser was not found; install libnvonnxparsers10 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    public void TensorRT_names_what_is_missing(string missing, string expected)
        => Assert.Equal(expected, new GpuLibraries(new FakeDriver(), new FakeLibraries(missing)).FindMissingForTensorRt());

    [Theory]
    [InlineData("libnvinfer.so.10", "libnvinfer.so.8", $"libnvinfer.so.10 of TensorRT 10 was not found, only libnvinfer.so.8; install libnvinfer10 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libnvinfer.so.10", "libnvinfer.so.11", $"libnvinfer.so.10 of TensorRT 10 was not found, only libnvinfer.so.11; install libnvinfer10 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libcudnn.so.9", "libcudnn.so.8", $"libcudnn.so.9 of cuDNN 9 was not found, only libcudnn.so.8; install libcudnn9-cuda-13 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    [InlineData("libcudart.so.13", "libcudart.so.12", $"libcudart.so.13 of CUDA 13 was not found, only libcudart.so.12; install cuda-cudart-13-0 or name its folder in LD_LIBRARY_PATH{Doctor}")]
    public void Another_version_than_the_needed_one_is_named(string missing, string other, string expected)
        => Assert.Equal(expected, new GpuLibraries(new FakeDriver(), new FakeLibraries(missing) { Others = [other] }).FindMissingForTensorRt());

    [Fact]
    public void The_runtime_of_this_process_has_the_interface_that_is_asked_for_and_not_every_one()
    {
        Assert.True(NativeLibraries.Instance.HasInterface(OrtFunctions.Version));
        Assert.False(NativeLibraries.Instance.HasInterface(100_000));
    }

    [Fact]
    public void CUDA_needs_no_TensorRT_and_no_cuDNN()
        => Assert.Null(new GpuLibraries(new FakeDriver(), new FakeLibraries("libnvinfer.so.10", "libcudnn.so.9")).FindMissingForCuda());

    [Fact]
    public void A_driver_that_does_not_work_is_named_before_anything_else()
    {
        var libraries = new GpuLibraries(new FakeDriver { Problem = "the NVIDIA driver sees no GPU" }, new FakeLibraries("libcudart.so.13"));

        Assert.Equal("the NVIDIA driver sees no GPU", libraries.FindMissingForCuda());
        Assert.Equal("the NVIDIA driver sees no GPU", libraries.FindMissingForTensorRt());
    }

    [Fact]
    public void A_driver_before_CUDA_13_is_too_old() => Assert.Equal(
        "the NVIDIA driver supports CUDA 12.8; CUDA 13 needs driver 580 or newer",
        new GpuLibraries(new FakeDriver { CudaVersion = 12_080 }, new FakeLibraries()).FindMissingForCuda());

    [Fact]
    public void Building_needs_the_builder_library_of_either_name()
    {
        var device = new FakeDriver().DescribeDevice(0);
        const string Whole = "libnvinfer_builder_resource.so.10.6.0";
        const string OfCapability = "libnvinfer_builder_resource_sm90.so.10.6.0";

        Assert.Null(new GpuLibraries(new FakeDriver(), new FakeLibraries(Whole)).FindMissingForBuild(device));
        Assert.Null(new GpuLibraries(new FakeDriver(), new FakeLibraries(OfCapability)).FindMissingForBuild(device));
        Assert.Contains(Whole, new GpuLibraries(new FakeDriver(), new FakeLibraries(Whole, OfCapability)).FindMissingForBuild(device), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_a_driver_says_so()
    {
        Assert.SkipWhen(File.Exists("/proc/driver/nvidia/version") || Directory.Exists("/usr/local/nvidia"), "This machine has an NVIDIA driver.");

        Assert.Equal("there is no NVIDIA driver here (libcuda.so.1 was not found)", GpuLibraries.Default.FindMissingForCuda());
    }
}
