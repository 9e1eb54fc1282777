namespace Reranker.Benchmarking.Load;

/// <summary>What one load did.</summary>
public sealed record LoadRow
{
    /// <summary>The load.</summary>
    public required string Name { get; init; }

    /// <summary>Pairs a second that came; null for a closed loop.</summary>
    public double? OfferedPairsPerSecond { get; init; }

    /// <summary>Pairs a second that were scored.</summary>
    public required double PairsPerSecond { get; init; }

    /// <summary>Requests that got their scores.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests that did not: refused, or their deadline passed.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Median latency, from the moment a request was due.</summary>
    public required double P50Milliseconds { get; init; }

    /// <summary>90 % of the requests were answered in it.</summary>
    public required double P90Milliseconds { get; init; }

    /// <summary>99 % of the requests were answered in it.</summary>
    public required double P99Milliseconds { get; init; }

    /// <summary>The longest latency.</summary>
    public required double MaxMilliseconds { get; init; }

    /// <summary>Mean pairs of a run.</summary>
    public required double BatchPairs { get; init; }

    /// <summary>Mean tokens of a run.</summary>
    public required double BatchTokens { get; init; }

    /// <summary>Mean time of a run.</summary>
    public required double BatchMilliseconds { get; init; }

    /// <summary>Share of the time that the device was busy.</summary>
    public required double BusyShare { get; init; }
}
