using Reranker.Client.Connection;

namespace Reranker.LoadTest.Requests;

/// <summary>One run.</summary>
internal sealed record LoadOptions
{
    /// <summary>Base addresses of the gateways, which are taken in turn.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>The cluster that is loaded instead of gateways; null loads gateways.</summary>
    public ClusterConnection? Cluster { get; init; }

    /// <summary>Send a request to the next gateway when one cannot be reached or answers 503. Default: report it.</summary>
    public bool Failover { get; init; }

    /// <summary>Closed loop: clients that send their next request when they have the answer of the last.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>Open loop: requests a second, arriving at random (Poisson) whatever the answers do; null for closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>Requests a second that the target does when it is saturated, for <see cref="Results.QueueAlone"/>; null where nobody knows.</summary>
    public double? Capacity { get; init; }

    /// <summary>How long requests are counted.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long requests are sent before anything is counted.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Seed of texts, arrivals and choices.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Largest difference of a logit to the expected one, where answers are checked.</summary>
    public double Tolerance { get; init; }

    /// <summary>The deadline each request asks for; answers within it are goodput.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>When a caller gives a request up and goes away; null for never.</summary>
    public TimeSpan? GiveUp { get; init; }

    /// <summary>API key, or null.</summary>
    public string? ApiKey { get; init; }
}
