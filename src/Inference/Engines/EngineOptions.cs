using System.ComponentModel.DataAnnotations;

namespace Reranker.Inference.Engines;

/// <summary>Which engine to load a model with, and how.</summary>
public sealed record EngineOptions
{
    /// <summary>
    /// The engine. Default <see cref="EngineKind.Auto"/>. One that is named and does not work here is a start-up error;
    /// only <see cref="EngineKind.Auto"/> falls back.
    /// </summary>
    [EnumDataType(typeof(EngineKind))]
    public EngineKind Engine { get; init; } = EngineKind.Auto;

    /// <summary>
    /// Threads of a CPU engine; each scores one pair at a time. Default 0: as many as the process has processors, shared out
    /// among the engines when <see cref="Devices"/> names several.
    /// </summary>
    [Range(0, 1024)]
    public int CpuThreads { get; init; }

    /// <summary>
    /// Most tokens of a pair, special tokens included. Default 0: as many as the model takes; never more than that. From 6 on:
    /// four are special, and each text keeps one.
    /// </summary>
    [PairTokens]
    public int MaxPairTokens { get; init; }

    /// <summary>Most time spent on measuring what batches cost, before the engine is ready. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan CalibrationTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// CUDA ordinals of the GPUs to use, one engine each, in the order of the engines; a GPU may be named twice and then has
    /// two. The driver counts the GPUs that <c>CUDA_VISIBLE_DEVICES</c> shows, from 0. Engines without a GPU take any number:
    /// there it only matters how many are named. Default empty: every GPU that the driver shows, or one engine without.
    /// </summary>
    public IReadOnlyList<int> Devices { get; init; } = [];

    /// <summary>
    /// Batches that run at once on one CUDA engine, each on a stream of its own: one session, so the weights are on the device
    /// once, and the memory of activations as often as batches run. Default 1; with more, no run is a CUDA graph. TensorRT
    /// keeps one execution context a session and runs one batch at a time whatever is asked; a GPU that is named twice has two,
    /// and the weights twice.
    /// </summary>
    [Range(1, 8)]
    public int InstancesPerGpu { get; init; } = 1;

    /// <summary>How the CUDA engine runs.</summary>
    public CudaOptions Cuda { get; init; } = new();

    /// <summary>How the TensorRT engine runs.</summary>
    public TensorRtOptions TensorRt { get; init; } = new();

    /// <summary>
    /// Loads a model whose activation scales are placeholders too: its speed is right and its scores are wrong. Default false;
    /// for benchmarks alone.
    /// </summary>
    public bool AllowPlaceholderScales { get; init; }

    /// <summary>The scripted engine's script; read only when <see cref="Engine"/> is <see cref="EngineKind.Scripted"/>.</summary>
    public ScriptedEngineOptions Scripted { get; init; } = new();

    /// <summary>Tokens of a pair under these options for a model that takes <paramref name="modelLimit"/>.</summary>
    internal int FindPairLimit(int modelLimit) => MaxPairTokens == 0 ? modelLimit : Math.Min(MaxPairTokens, modelLimit);
}
