using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;

namespace Reranker.LoadTest.Results;

/// <summary>What a run measured.</summary>
internal sealed record LoadReport
{
    /// <summary><c>open</c> or <c>closed</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Clients of a closed loop.</summary>
    public int? Clients { get; init; }

    /// <summary>Rate of an open loop.</summary>
    public double? OfferedRequestsPerSecond { get; init; }

    /// <summary>The time that was counted.</summary>
    public required double Seconds { get; init; }

    /// <summary>The deadline of every request.</summary>
    public required double DeadlineMilliseconds { get; init; }

    /// <summary>Requests that were due in that time and got their scores.</summary>
    public required long Requests { get; init; }

    /// <summary>Requests answered with scores in that time.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Their passages.</summary>
    public required double PairsPerSecond { get; init; }

    /// <summary>Their tokens, as the server counts them.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Requests that were due in that time and were answered within the deadline.</summary>
    public required double GoodRequestsPerSecond { get; init; }

    /// <summary>Their passages.</summary>
    public required double GoodPairsPerSecond { get; init; }

    /// <summary>Tokens of a pair, as the server counts them.</summary>
    public required double MeanPairTokens { get; init; }

    /// <summary>Of answered requests, from the moment they were due.</summary>
    public required LatencyReport Latency { get; init; }

    /// <summary>What the same arrivals cost in a queue that does <see cref="LoadOptions.Capacity"/>; null where that is not given.</summary>
    public LatencyReport? QueueAlone { get; init; }

    /// <summary>What answered requests took beyond their work, as <see cref="Targets.Overhead"/> counts it; null over HTTP.</summary>
    public LatencyReport? Overhead { get; init; }

    /// <summary>The part of it between the client and the request grain.</summary>
    public LatencyReport? OverheadOutsideGrain { get; init; }

    /// <summary>How late this program sent them; it is part of the latency.</summary>
    public required LatencyReport Lateness { get; init; }

    /// <summary>Of requests that were refused because there was no room.</summary>
    public required LatencyReport Refusals { get; init; }

    /// <summary>Requests without scores, by what went wrong.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>Processors that this program kept busy.</summary>
    public double DriverCores { get; init; }

    /// <summary>Most requests without an answer at one moment.</summary>
    public required long MostInFlight { get; init; }

    /// <summary>Answers whose scores were held against the expected ones.</summary>
    public required long AnswersChecked { get; init; }

    /// <summary>Largest difference of a logit to the expected one.</summary>
    public required double WorstDeviation { get; init; }

    /// <summary>What the workers say; null when nobody asked them.</summary>
    public EngineReport? Engines { get; init; }

    /// <summary>Second by second, warm-up included.</summary>
    public required IReadOnlyList<TimelineSecond> Timeline { get; init; }

    /// <summary>True when nothing failed but what the caller is ready to see.</summary>
    public bool Passed(bool refusalsAllowed)
        => Errors.Keys.All(kind => kind == Answer.GivenUp || (refusalsAllowed && Answer.IsRefusal(kind)));
}
