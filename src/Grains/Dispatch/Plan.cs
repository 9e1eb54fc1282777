namespace Reranker.Grains.Dispatch;

/// <summary>How one request is split.</summary>
/// <param name="SubBatches">Every passage is in exactly one of them.</param>
/// <param name="ExpectedSeconds">Expected time until the last of them is scored.</param>
/// <param name="Workers">Number of workers used.</param>
internal sealed record Plan(SubBatch[] SubBatches, double ExpectedSeconds, int Workers);
