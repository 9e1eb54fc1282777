using Reranker.Workers;

namespace Reranker.Fleet;

/// <summary>One worker of the fleet.</summary>
[GenerateSerializer, Immutable, Alias("reranker.worker-info")]
public sealed record WorkerInfo
{
    /// <summary>The worker's grain key, <c>{SiloAddress}#{ordinal}</c>.</summary>
    [Id(0)] public required string Key { get; init; }

    /// <summary>Name of its silo.</summary>
    [Id(1)] public required string Silo { get; init; }

    /// <summary>Its device, for example <c>NVIDIA H100 80GB HBM3</c> or <c>CPU, 2 lanes</c>.</summary>
    [Id(2)] public required string Device { get; init; }

    /// <summary>Its execution provider: <c>TensorRT</c>, <c>CUDA</c>, <c>CPU</c>.</summary>
    [Id(3)] public required string ExecutionProvider { get; init; }

    /// <summary>Why it has this execution provider and not a faster one; null when it has the one that was asked for.</summary>
    [Id(4)] public string? FallbackReason { get; init; }

    /// <summary>Identities of the models it serves.</summary>
    [Id(5)] public required string[] ModelIdentities { get; init; }

    /// <summary>Its load as last heard.</summary>
    [Id(6)] public WorkerLoad Load { get; init; }

    /// <summary>Most tokens of its batches at present.</summary>
    [Id(7)] public int MaxBatchTokens { get; init; }
}
