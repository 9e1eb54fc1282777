using Reranker.Inference.Engines;
using Reranker.Inference.Workers;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.Silo.Settings;

/// <summary>What a silo serves and with what; configuration section <c>Reranker</c>.</summary>
public sealed class RerankerSiloOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker";

    /// <summary>Name of the section of <see cref="Grains.Dispatch.DispatchOptions"/>.</summary>
    public const string DispatchSection = $"{Section}:Dispatch";

    /// <summary>Name of the section of <see cref="Grains.Fleet.FleetOptions"/>.</summary>
    public const string FleetSection = $"{Section}:Fleet";

    /// <summary>Name of the section of <see cref="Grains.Caching.ScoreCacheOptions"/>.</summary>
    public const string ScoreCacheSection = $"{Section}:ScoreCache";

    /// <summary>Name of the section of <see cref="Grains.Requests.RequestMemoryOptions"/>.</summary>
    public const string RequestMemorySection = $"{Section}:RequestMemory";

    /// <summary>
    /// Folders of imported models, by the name that requests use; under a number, as in a list, the name is the folder's
    /// own. Numbers come before names. At least one.
    /// </summary>
    [NamedEntries("Folder", AllowPositions = true)]
    public Dictionary<string, string> Models { get; } = [];

    /// <summary>
    /// Folder below which models may be loaded while the silo runs; links that lead out of it are refused. Default null: none
    /// may be.
    /// </summary>
    public string? ModelsRoot { get; set; }

    /// <summary>
    /// The precision that is served of every model: <c>fp16</c>, <c>fp8</c>, <c>int8</c>, <c>int8-qdq</c> or <c>fp32</c>. A folder
    /// without it, or a machine that cannot run it, fails the start. Default null: of a folder with several the fastest that runs
    /// here and was found to rank as FP32 does; where a cluster is joined one must be named, because a name has one precision.
    /// </summary>
    public string? Precision { get; set; }

    /// <summary>The precision of one model, by its key in <see cref="Models"/>; it comes before <see cref="Precision"/>.</summary>
    [NamedEntries("Precision", AllowPositions = true)]
    public Dictionary<string, string> Precisions { get; } = [];

    /// <summary>Name of the model that answers requests without one; null takes the first of <see cref="Models"/>. Default null.</summary>
    public string? DefaultModel { get; set; }

    /// <summary>False for a silo that tokenizes and plans but has no device. Default true.</summary>
    public bool Workers { get; set; } = true;

    /// <summary><c>Auto</c>, <c>TensorRt</c>, <c>Cuda</c>, <c>Cpu</c> or <c>Scripted</c>; naming one that cannot be had fails the start. Default Auto.</summary>
    public EngineKind Engine { get; set; } = EngineKind.Auto;

    /// <summary>
    /// CUDA ordinals of the GPUs to run on, such as <c>0,1</c>, each with one worker; one that is named twice gets two. The CPU
    /// and the scripted engine have one worker an entry. Default empty: every GPU the driver shows, or one worker without.
    /// </summary>
    public string Devices { get; set; } = "";

    /// <summary>Batches that run at once on a GPU of the CUDA engine, which holds the weights once. Default 1.</summary>
    public int InstancesPerGpu { get; set; } = 1;

    /// <summary>Threads of a CPU engine; null shares the processors out among the workers. Default null.</summary>
    public int? CpuThreads { get; set; }

    /// <summary>Most tokens of a pair, special tokens included; 0 takes as many as the model does, and never more. Default 0.</summary>
    public int MaxPairTokens { get; set; }

    /// <summary>Most time a starting engine spends on measuring what batches cost. Default 10 s.</summary>
    public TimeSpan CalibrationTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How the CUDA engine runs.</summary>
    public CudaOptions Cuda { get; set; } = new();

    /// <summary>How the TensorRT engine is built and runs.</summary>
    public TensorRtOptions TensorRt { get; set; } = new();

    /// <summary>What the scripted engine does, where <see cref="Engine"/> is Scripted.</summary>
    public ScriptedEngineOptions Scripted { get; set; } = new();

    /// <summary>How workers form batches and how much they let wait.</summary>
    public WorkerOptions Batching { get; set; } = new();

    /// <summary>Threads that tokenize; null takes one a processor. Default null.</summary>
    public int? TokenizerThreads { get; set; }

    /// <summary>
    /// Whether the process ends, with <see cref="Hosting.SiloExitCodes.DeviceLost"/>, when a worker loses its device: a GPU that failed once
    /// works again only in a new process. Default <see cref="ExitOnLoss.Last"/>.
    /// </summary>
    public ExitOnLoss ExitOnLoss { get; set; } = ExitOnLoss.Last;

    /// <summary>Longest time a stopping silo spends on the work it has. Default 120 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>The precision that is asked for of a model, by its key in <see cref="Models"/>; null where none is.</summary>
    internal string? FindPrecision(string key) => Precisions.GetValueOrDefault(key) ?? Precision;

    /// <summary>True for a key of <see cref="Models"/> that is a place in a list and no name.</summary>
    internal static bool IsPosition(string key) => key.All(char.IsAsciiDigit);

    internal EngineOptions Engines => new()
    {
        Engine = Engine,
        CpuThreads = CpuThreads ?? 0,
        MaxPairTokens = MaxPairTokens,
        CalibrationTime = CalibrationTime,
        Devices = DeviceList.TryParse(Devices, out var devices) ? devices : throw new FormatException($"{nameof(Devices)} {DeviceList.Rule}."),
        InstancesPerGpu = InstancesPerGpu,
        Cuda = Cuda,
        TensorRt = TensorRt,
        Scripted = Scripted,
    };
}
