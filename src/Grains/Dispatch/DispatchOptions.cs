namespace Reranker.Grains.Dispatch;

/// <summary>How a request is split over workers, and how often a part of it is tried.</summary>
public sealed class DispatchOptions
{
    /// <summary>Time a sub-batch costs on the way to a worker of another silo and back. Default 0.3 ms.</summary>
    public TimeSpan RemoteOverhead { get; set; } = TimeSpan.FromMicroseconds(300);

    /// <summary>Time a sub-batch costs on the way to a worker of the same silo and back. Default 0.02 ms.</summary>
    public TimeSpan LocalOverhead { get; set; } = TimeSpan.FromMicroseconds(20);

    /// <summary>
    /// Least device time of a sub-batch when a request is spread; less is not worth its overhead, which is the time that even
    /// the smallest batch takes on a GPU. Default 2 ms.
    /// </summary>
    public TimeSpan MinSubBatchTime { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Device time of a sub-batch of a request whose caller is told scores as sub-batches end: a worker's share is cut into
    /// sub-batches of this time, or into sixteen where that is longer. Other requests' shares are not cut. Default 100 ms.
    /// </summary>
    public TimeSpan PartTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Part of the expected time that spreading over one more set of workers must save, from 0 to 1. It keeps requests
    /// whole under load, where most of the time is waiting and splitting saves little. Default 0.05.
    /// </summary>
    public double MinGain { get; set; } = 0.05;

    /// <summary>Most workers one request is spread over. Default 32.</summary>
    public int MaxFanOut { get; set; } = 32;

    /// <summary>Most attempts for a sub-batch, the first included. Default 4.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// A worker is asked after an attempt that takes this many times its expected time, and a run on a device that takes
    /// this many times its predicted time counts as stuck. Default 4.
    /// </summary>
    public double AttemptTimeoutFactor { get; set; } = 4;

    /// <summary>Least time before a worker is asked after an attempt, or a run counts as stuck. Default 150 ms.</summary>
    public TimeSpan MinAttemptTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>A silo that does not say within this time how an attempt stands is taken as hung, and the work sent elsewhere. Default 150 ms.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Share of the tokens dispatched by this silo that may be sent a second time because the first copy is stuck on its
    /// device, from 0 (never) to 1. Work sent again because a silo stopped answering has a share of its own. Default 0.05.
    /// </summary>
    public double HedgeShare { get; set; } = 0.05;

    /// <summary>Most tokens of that share that are saved up for later. Default 1,000,000.</summary>
    public long HedgeBurstTokens { get; set; } = 1_000_000;

    /// <summary>
    /// Share of the tokens dispatched by this silo in about the last minute that may be sent again because the silo that has them does
    /// not answer, from 0 to 1. A silo that is lost has what was sent to it within seconds, which is less; were all slow to answer,
    /// more copies would make them slower. Default 0.1.
    /// </summary>
    public double ResendShare { get; set; } = 0.1;

    /// <summary>Tokens that may be sent again in about a minute beside that share. Default 100,000.</summary>
    public long ResendTokens { get; set; } = 100_000;

    /// <summary>Wait before a worker is tried again because there is no other; doubles with each attempt. Default 25 ms.</summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Seed of the samples of workers; null draws one for each process, so that silos do not choose alike. Default null.</summary>
    public int? Seed { get; set; }
}
