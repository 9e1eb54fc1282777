using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines;

/// <summary>What an engine is and takes.</summary>
public sealed record EngineDescription
{
    /// <summary>Name of the model.</summary>
    public required string ModelName { get; init; }

    /// <summary>Identity of the model: hash of its graph, precision included.</summary>
    public required string ModelIdentity { get; init; }

    /// <summary><c>fp32</c>, <c>fp16</c>, <c>fp8</c>, <c>int8</c> or <c>int8-qdq</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>How static activation scales were found, on what, and what the ranking lost by it; null where there are none.</summary>
    public string? Calibration { get; init; }

    /// <summary><c>CPU</c>, <c>CUDA</c>, <c>TensorRT</c> or <c>Scripted</c>.</summary>
    public required string ExecutionProvider { get; init; }

    /// <summary>The device by name, for example <c>NVIDIA H100 80GB HBM3</c> or the processor's name.</summary>
    public required string Device { get; init; }

    /// <summary>Version of the runtime, for example <c>ONNX Runtime 1.31.0</c>.</summary>
    public required string RuntimeVersion { get; init; }

    /// <summary>Version of the engine's own kernels; null where it runs none of them.</summary>
    public string? KernelVersion { get; init; }

    /// <summary>Why this provider and not a faster one; null when it is the one that was asked for.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>Most tokens of a pair, special tokens included.</summary>
    public required int MaxPairTokens { get; init; }

    /// <summary>Rows of the embedding table: every id is below it.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Most pairs of a batch.</summary>
    public required int MaxBatchPairs { get; init; }

    /// <summary>Most tokens of a batch, padding counted where the form pads.</summary>
    public required int MaxBatchTokens { get; init; }

    /// <summary>Runs that may be in progress at once: one on a GPU, one a core on a CPU.</summary>
    public required int Lanes { get; init; }

    /// <summary>Time from the start of loading to ready.</summary>
    public TimeSpan StartupTime { get; init; }

    /// <summary>The part of <see cref="StartupTime"/> in which the loaded model ran: largest batch, probes, cost table. Null where nothing ran.</summary>
    public TimeSpan? WarmUpTime { get; init; }

    /// <summary>What <see cref="StartupTime"/> was spent on, in the order of the start. Empty where the engine does not say.</summary>
    public IReadOnlyList<StartTime> StartTimes { get; init; } = [];

    /// <summary>The limits that a cost model of this engine must know.</summary>
    public CostLimits ToCostLimits() => new(MaxPairTokens, MaxBatchPairs, MaxBatchTokens, Lanes);

    /// <summary>What is described of every engine alike: the model is the request's, its limits are what was found.</summary>
    internal static EngineDescription FromRequest(
        EngineRequest request, string executionProvider, string device, string runtimeVersion, CostLimits limits)
    {
        var manifest = request.Model.Manifest;
        return new EngineDescription
        {
            ModelName = manifest.Name,
            ModelIdentity = manifest.Identity,
            Precision = manifest.Precision,
            Calibration = manifest.Quantization?.Describe() ?? manifest.Calibration,
            ExecutionProvider = executionProvider,
            Device = device,
            RuntimeVersion = runtimeVersion,
            FallbackReason = request.FallbackReason,
            MaxPairTokens = limits.MaxPairTokens,
            VocabularySize = manifest.Shape.Vocabulary,
            MaxBatchPairs = limits.MaxBatchPairs,
            MaxBatchTokens = limits.MaxBatchTokens,
            Lanes = limits.Lanes,
        };
    }
}
