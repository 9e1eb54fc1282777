using Reranker.Inference.Diagnosis;
using Reranker.Inference.Engines.Gpu.Driver;
using Reranker.Inference.Engines.Gpu.Libraries;
using Reranker.Tool.Doctor.Facts;

namespace Reranker.Tool.Tests.Doctor;

/// <summary>Machines as an examination describes them.</summary>
internal static class Machines
{
    private const long GiB = 1L << 30;
    private const string Lib = "/usr/lib/x86_64-linux-gnu";

    /// <summary>A machine without a GPU, with all that it needs.</summary>
    public static MachineFacts NoGpu { get; } = new()
    {
        System = new SystemFacts("0.1.0", "Debian GNU/Linux 13 (trixie)", "debian", ".NET 10.0.1", "linux-x64", IsContainer: false),
        Processor = new ProcessorFacts("AMD EPYC 9654", 8, 4, 3.5, ["avx2", "avx512f", "avx512_vnni"]),
        Memory = new MemoryFacts(32 * GiB, 20 * GiB, 16 * GiB),
        CardsOnBus = 0,
        GpuEnvironment = new Dictionary<string, string?> { ["CUDA_VISIBLE_DEVICES"] = null },
        Runtime = new Probed<RuntimeAnswer>("ONNX Runtime", new RuntimeAnswer("1.31.0", "1.31.0", "/app", ["CPUExecutionProvider"]), null),
        Driver = new Probed<DriverAnswer>(
            "NVIDIA driver", new DriverAnswer("there is no NVIDIA driver here (libcuda.so.1 was not found)", null, []), null),
        Cards = new Probed<CardsAnswer>("NVIDIA cards", null, "libnvidia-ml.so.1 was not found"),
        Trials = [Works("cpu", "reranker-mini int8", "AMD EPYC 9654", 22_247, 0.5)],
        Ports = [new PortFacts(8080, "reranker serve", IsFree: false), new PortFacts(11111, "silo, for silos", IsFree: true)],
        Limits = new LimitFacts(1024, null),
        Clock = new Probed<ClockAnswer>("clock", new ClockAnswer(true, 3.4), null),
        Folders = [new FolderFacts("imported models", "/home/u/.cache/reranker/models", null, 100 * GiB)],
    };

    /// <summary>A GPU machine with CUDA's libraries and nothing of TensorRT.</summary>
    public static MachineFacts CudaOnly { get; } = NoGpu with
    {
        System = NoGpu.System with { Os = "Ubuntu 24.04", Distribution = "ubuntu" },
        CardsOnBus = 1,
        Runtime = new Probed<RuntimeAnswer>(
            "ONNX Runtime",
            new RuntimeAnswer("1.31.1", "1.31.0", "/app", ["TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"]),
            null),
        Driver = new Probed<DriverAnswer>("NVIDIA driver", new DriverAnswer(null, "13.0", [new GpuDevice(0, "NVIDIA H200", 90, 140 * GiB, "580.95.05")]), null),
        Cards = new Probed<CardsAnswer>("NVIDIA cards", new CardsAnswer("580.95.05", [new CardAnswer("NVIDIA H200", 140 * GiB, GiB / 2, false)]), null),
        Libraries = [.. EngineLibrary.All.Select(l => l.IsForCuda ? Finds(l.File, "13.0") : Lacks(l.File))],
        Missing = new Probed<MissingAnswer>("engines' libraries", new MissingAnswer(null, "libcudnn.so.9 of cuDNN 9 was not found", null), null),
        Trials = [Works("cuda", "random fp16", "NVIDIA H200", 2_000_000, 3.2), .. NoGpu.Trials],
        Limits = new LimitFacts(1_048_576, null),
    };

    /// <summary>The same with TensorRT, whose builder library is missing.</summary>
    public static MachineFacts NoBuilder { get; } = CudaOnly with
    {
        Libraries = [.. EngineLibrary.All.Select(l => Finds(l.File, "10.6.0"))],
        Missing = new Probed<MissingAnswer>(
            "engines' libraries",
            new MissingAnswer(null, null, "an engine must be built and TensorRT's builder library libnvinfer_builder_resource.so.10.6.0 was not found; build it ahead on a machine that has it"),
            null),
    };

    public static Probed<TrialAnswer> Works(string engine, string model, string device, double speed, double seconds)
        => new(engine, new TrialAnswer(engine, model, null, device, speed, seconds), null);

    public static Probed<LibraryAnswer> Finds(string file, string version) => new(file, new LibraryAnswer(file, $"{Lib}/{file}.0", version, null), null);

    public static Probed<LibraryAnswer> Lacks(string file) => new(file, new LibraryAnswer(file, null, null, "it was not found"), null);
}
