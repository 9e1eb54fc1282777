namespace Reranker.LoadTest.Results;

/// <summary>What ended in one second of the run, warm-up included; for runs in which something is broken on purpose.</summary>
internal sealed class TimelineSecond(int second)
{
    /// <summary>From the start of the run.</summary>
    public int Second { get; } = second;

    public long Answers { get; set; }

    public long Errors { get; set; }

    public long Pairs { get; set; }

    /// <summary>The longest latency among the answers.</summary>
    public double MaxMilliseconds { get; set; }
}
