using System.ComponentModel.DataAnnotations;
using Reranker.Benchmarking.Workloads;
using Reranker.Inference.Workers;

namespace Reranker.Benchmarking.Load;

/// <summary>How a worker is loaded.</summary>
public sealed record LoadBenchmarkOptions
{
    /// <summary>Passages of a request. Default 20.</summary>
    [Range(1, 10_000)]
    public int Passages { get; init; } = 20;

    /// <summary>Different requests; offline all of them are scored at once. Default 64.</summary>
    [Range(1, 10_000)]
    public int Requests { get; init; } = 64;

    /// <summary>Lengths of the pairs. Default: mean 142 tokens, 24 to 512.</summary>
    public LengthDistribution Lengths { get; init; } = LengthDistribution.Natural;

    /// <summary>Offered loads, as shares of the offline rate. Default 0.5, 0.7, 0.9, 1.2.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.5, 0.7, 0.9, 1.2];

    /// <summary>Values of <see cref="WorkerOptions.MaxBatchDelay"/> to compare. Default 0, 2 and 10 milliseconds.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; init; } = [TimeSpan.Zero, TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(10)];

    /// <summary>Offered loads at which the delays are compared. Default 0.2 and 0.5.</summary>
    public IReadOnlyList<double> DelayShares { get; init; } = [0.2, 0.5];

    /// <summary>Passages of the small requests that share the device with a large job. Default 8.</summary>
    [Range(1, 10_000)]
    public int SmallPassages { get; init; } = 8;

    /// <summary>Load of the small requests, as a share of the offline rate. Default 0.2.</summary>
    [Range(0.001, 1)]
    public double SmallShare { get; init; } = 0.2;

    /// <summary>Passages of the large job; while it is measured, the next follows the last. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int JobPassages { get; init; } = 1000;

    /// <summary>Seconds that a measurement counts. Default 3.</summary>
    [Range(0.05, 3600)]
    public double Seconds { get; init; } = 3;

    /// <summary>Seconds of load before that. Default 0.5.</summary>
    [Range(0, 600)]
    public double WarmUpSeconds { get; init; } = 0.5;

    /// <summary>Deadline of every request. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Target time of a batch. Default: the worker's own, 15 milliseconds.</summary>
    public TimeSpan TargetBatchTime { get; init; } = new WorkerOptions().TargetBatchTime;

    /// <summary>Seed of lengths, ids and arrivals. Default 1.</summary>
    public int Seed { get; init; } = 1;
}
