using System.ComponentModel.DataAnnotations;

namespace Reranker.Inference.Workers;

/// <summary>How a worker forms batches and how much it lets wait.</summary>
public sealed record WorkerOptions
{
    /// <summary>
    /// Time that a batch should take; the cost model turns it into pairs and tokens. Longer batches use the device better,
    /// shorter ones let urgent work through sooner. Default 15 milliseconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan TargetBatchTime { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>
    /// How long a free device waits for more work before it runs a batch that is not full. Default 0: not at all. More than
    /// 0 trades latency at low load for larger batches.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:00.010")]
    public TimeSpan MaxBatchDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Longest predicted wait of a new work item; beyond it the worker is busy. Default 60 seconds, a request's default deadline.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MaxQueueTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most tokens that wait in one queue, which bounds memory. Default 64 Mi tokens, 256 MiB of ids.</summary>
    [Range(1, long.MaxValue)]
    public long MaxQueuedTokens { get; init; } = 64L << 20;

    /// <summary>
    /// A run that takes this many times as long as predicted counts as hung, and the device as lost. Default 10.
    /// </summary>
    [Range(2, 1000)]
    public double HungAfterTimesPredicted { get; init; } = 10;

    /// <summary>The least time after which a run may count as hung. Default 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan HungAfterAtLeast { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Runs in a row without a score after which a worker tries its device with a pair of its own. If that fails too, the worker
    /// gets no work of that model, and what it has goes elsewhere. Default 5.
    /// </summary>
    [Range(1, 1000)]
    public int SuspendAfterFailures { get; init; } = 5;

    /// <summary>
    /// How long such a worker is left alone before its device is tried again; twice as long after each trial that fails, one
    /// minute at most, and up to a quarter more by chance. Default 1 second.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a stopping worker waits for a batch that runs. Default 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(10);
}
