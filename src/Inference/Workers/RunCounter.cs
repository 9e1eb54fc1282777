namespace Reranker.Inference.Workers;

/// <summary>Counts the batches of all lanes of a runner, and the time in which they had the device. Thread-safe.</summary>
internal sealed class RunCounter
{
    private long _batches;
    private long _busyMicroseconds;

    public double BusySeconds => Interlocked.Read(ref _busyMicroseconds) / 1e6;

    /// <summary>A number for one more batch.</summary>
    public long TakeBatchNumber() => Interlocked.Increment(ref _batches);

    public void AddBusy(long microseconds) => Interlocked.Add(ref _busyMicroseconds, microseconds);
}
