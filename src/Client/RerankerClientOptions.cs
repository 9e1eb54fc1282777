namespace Reranker.Client;

/// <summary>How the client spends the time of a request.</summary>
public sealed record RerankerClientOptions
{
    /// <summary>Deadline of a request that names none. Default 60 s, at most <see cref="Limits.MaxDeadline"/>.</summary>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Most attempts of one request, the first included. Default 6, from 1 to 32.</summary>
    public int MaxAttempts { get; set; } = 6;

    /// <summary>
    /// Shortest time an attempt gets before its silo is asked after it. It covers what the fleet's hint cannot know:
    /// network, pauses, work in flight. Default 100 ms.
    /// </summary>
    public TimeSpan AttemptTimeoutFloor { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long the silo of an overdue attempt may take to say that it is there. If it does not, another attempt is started on
    /// another silo; if it does, the attempt goes on. Default 120 ms.
    /// </summary>
    public TimeSpan PresenceTimeout { get; set; } = TimeSpan.FromMilliseconds(120);

    /// <summary>How many times its expected duration an attempt may take before its silo is asked after it. Default 4, at least 1.</summary>
    public double AttemptTimeoutFactor { get; set; } = 4;

    /// <summary>
    /// Share, from 0 to 1, of the estimated tokens sent in about the last minute that may be sent again because no answer came.
    /// Attempts that follow a failure do not count against it. Default 0.1.
    /// </summary>
    public double ResendShare { get; set; } = 0.1;

    /// <summary>Estimated tokens that may be sent again in about a minute on top of <see cref="ResendShare"/>. Default 100,000.</summary>
    public long ResendTokens { get; set; } = 100_000;

    /// <summary>
    /// Pause before the second attempt after a failure; it doubles with every further one up to <see cref="MaxBackoff"/>, and half
    /// of it is random. Default 10 ms.
    /// </summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Longest pause between two attempts. Default 1 s.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long requests avoid a silo that lost an answer or keeps one waiting, before one of them tries it again. Default 2 s.
    /// </summary>
    public TimeSpan AvoidTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer of <see cref="IFleetInfo.GetFleetAsync"/> serves further callers. Default 1 s.</summary>
    public TimeSpan FleetCacheTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait for one such answer. Default 2 s.</summary>
    public TimeSpan FleetTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Files that <c>reranker calibrate</c> wrote, each for one model identity: scores of these models are the probabilities that the
    /// map of each gives, all others the sigmoid of the logit. Read at the start. Default empty.
    /// </summary>
    public IList<string> ScoreMaps { get; } = [];

    /// <summary>Seed of the choice of shard keys and of the pauses; null (default) takes a different one in every process.</summary>
    public int? Seed { get; set; }
}
