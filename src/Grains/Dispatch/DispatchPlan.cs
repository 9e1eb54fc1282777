namespace Reranker.Grains.Dispatch;

/// <summary>How one request is split.</summary>
/// <param name="SubBatches">Every passage is in exactly one of them.</param>
/// <param name="ExpectedSeconds">Expected time until the last of them is scored.</param>
/// <param name="MinSeconds">Time of the largest part if nothing were ahead of it: no order of the queues makes it less.</param>
/// <param name="Workers">Number of workers used.</param>
internal sealed record DispatchPlan(SubBatch[] SubBatches, double ExpectedSeconds, double MinSeconds, int Workers);
