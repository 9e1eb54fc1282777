namespace Reranker.Inference.Engines.Loading;

/// <summary>
/// Says what a start spends its time on. Whatever happens belongs to the phase that is ended next, so that all phases together are
/// the whole start.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class StartClock(TimeProvider time)
{
    private readonly List<StartTime> _times = [];
    private readonly long _begin = time.GetTimestamp();
    private TimeSpan _told;

    /// <summary>What the phases took, in the order in which they ended first.</summary>
    public IReadOnlyList<StartTime> Times => _times;

    /// <summary>Time since the start began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_begin);

    /// <summary>Counts what has passed since the last phase as this one's. A phase may come more than once.</summary>
    public void EndPhase(StartPhase phase)
    {
        var now = Elapsed;
        var before = _times.FindIndex(t => t.Phase == phase);
        if (before < 0)
        {
            _times.Add(new StartTime(phase, now - _told));
        }
        else
        {
            _times[before] = new StartTime(phase, _times[before].Time + now - _told);
        }

        _told = now;
    }
}
