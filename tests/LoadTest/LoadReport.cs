namespace Reranker.LoadTest;

/// <summary>What a run measured. Latencies are from the moment a request was due, so a late start counts.</summary>
internal sealed record LoadReport
{
    public required string Mode { get; init; }
    public int? Clients { get; init; }
    public double? OfferedRequestsPerSecond { get; init; }
    public required double Seconds { get; init; }
    public required long Requests { get; init; }
    public required long Pairs { get; init; }
    public required double RequestsPerSecond { get; init; }
    public required double PairsPerSecond { get; init; }
    public required double P50Milliseconds { get; init; }
    public required double P90Milliseconds { get; init; }
    public required double P99Milliseconds { get; init; }
    public required double MaxMilliseconds { get; init; }
    public required IReadOnlyDictionary<string, long> Errors { get; init; }
    public required long CheckedScores { get; init; }
    public required double WorstDeviation { get; init; }
}
