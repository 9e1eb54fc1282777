namespace Reranker.Grains.Dispatch;

/// <summary>What a worker says of a sub-batch's time, in microseconds.</summary>
/// <param name="Queue">Longest wait of a pair.</param>
/// <param name="Inference">From the start of its first batch to the end of its last.</param>
/// <param name="Total">From its arrival to the end of its last batch; 0 when the worker does not say it.</param>
internal readonly record struct WorkerTimes(long Queue, long Inference, long Total);
