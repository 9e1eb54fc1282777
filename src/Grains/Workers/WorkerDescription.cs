using Reranker.Fleet;
using Reranker.Workers;

namespace Reranker.Grains.Workers;

/// <summary>What one worker is and serves, as its silo tells the others.</summary>
[GenerateSerializer, Immutable, Alias("reranker.worker-description")]
internal sealed record WorkerDescription
{
    /// <summary>Ordinal of the worker on its silo.</summary>
    [Id(0)] public required int Ordinal { get; init; }

    /// <summary>Its device by name.</summary>
    [Id(1)] public required string Device { get; init; }

    /// <summary>Its execution provider.</summary>
    [Id(2)] public required string ExecutionProvider { get; init; }

    /// <summary>Why it has this provider and not a faster one, or null.</summary>
    [Id(3)] public string? FallbackReason { get; init; }

    /// <summary>Runs that may be in progress at once.</summary>
    [Id(4)] public int Lanes { get; init; }

    /// <summary>Most tokens of a batch.</summary>
    [Id(5)] public int MaxBatchTokens { get; init; }

    /// <summary>The models it serves; their counts of ready workers are not set.</summary>
    [Id(6)] public required ModelInfo[] Models { get; init; }

    /// <summary>Its load when its description was begun; its number orders descriptions of the worker too.</summary>
    [Id(7)] public WorkerLoad Load { get; init; }
}
