namespace Reranker.LoadTest;

/// <summary>One run.</summary>
internal sealed record LoadOptions
{
    /// <summary>Base address of the gateway.</summary>
    public required Uri Url { get; init; }

    /// <summary>Closed loop: clients that send their next request when they have the answer of the last.</summary>
    public required int Clients { get; init; }

    /// <summary>Open loop: requests a second, arriving at random (Poisson) whatever the answers do; null for closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>Fewest passages of a request.</summary>
    public required int MinPassages { get; init; }

    /// <summary>Most passages of a request.</summary>
    public required int MaxPassages { get; init; }

    /// <summary>How long requests are sent.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long requests are sent before anything is counted.</summary>
    public required TimeSpan WarmUp { get; init; }

    /// <summary>Mean words of a passage.</summary>
    public required double MeanWords { get; init; }

    /// <summary>Seed of texts, arrivals and choices.</summary>
    public required int Seed { get; init; }

    /// <summary>Largest difference to a pair's logit alone; null checks nothing.</summary>
    public double? Tolerance { get; init; }

    /// <summary>The deadline each request asks for.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>API key, or null.</summary>
    public string? ApiKey { get; init; }
}
