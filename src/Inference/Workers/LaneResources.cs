using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Workers;

/// <summary>What the lanes of one runner share.</summary>
internal sealed record LaneResources
{
    public required IInferenceEngine Engine { get; init; }

    public required MonotonicClock Clock { get; init; }

    public required RunnerLifecycle Life { get; init; }

    public required DeviceGate Gate { get; init; }

    public required BatchSource Source { get; init; }

    public required BatchBudget Budget { get; init; }

    public required Suspension Suspension { get; init; }

    public required FailureSampling Failures { get; init; }

    public required RunCounter Counter { get; init; }

    /// <summary>Called with the reason and the error when the device is lost.</summary>
    public required Action<string, Exception?> DeviceLost { get; init; }

    public required ILogger Logger { get; init; }
}
