using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Engines.Scripted;
using Reranker.Inference.Engines.TensorRt;
using Reranker.Inference.Workers;

namespace Reranker.Silo.Hosting;

/// <summary>What a silo serves and with what; configuration section <c>Reranker</c>.</summary>
public sealed class RerankerSiloOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker";

    /// <summary>Name of the section of <see cref="Grains.Dispatch.DispatchOptions"/>.</summary>
    public const string DispatchSection = $"{Section}:Dispatch";

    /// <summary>Name of the section of <see cref="Grains.Fleet.FleetOptions"/>.</summary>
    public const string FleetSection = $"{Section}:Fleet";

    /// <summary>Folders of imported models; the first is the default model. At least one.</summary>
    public string[] Models { get; set; } = [];

    /// <summary>False for a silo that tokenizes and plans but has no device. Default true.</summary>
    public bool Workers { get; set; } = true;

    /// <summary><c>Auto</c>, <c>TensorRt</c>, <c>Cuda</c>, <c>Cpu</c> or <c>Scripted</c>; naming one that cannot be had fails the start. Default Auto.</summary>
    public EngineKind Engine { get; set; } = EngineKind.Auto;

    /// <summary>Devices to run on, each with one worker. All processors together are one device. Default 1.</summary>
    public int Devices { get; set; } = 1;

    /// <summary>Threads of a CPU engine; null takes one a processor. Default null.</summary>
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

    /// <summary>Longest time a stopping silo spends on the work it has. Default 120 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(120);

    internal EngineOptions Engines => new()
    {
        Engine = Engine,
        CpuThreads = CpuThreads ?? 0,
        MaxPairTokens = MaxPairTokens,
        CalibrationTime = CalibrationTime,
        Cuda = Cuda,
        TensorRt = TensorRt,
        Scripted = Scripted,
    };
}
