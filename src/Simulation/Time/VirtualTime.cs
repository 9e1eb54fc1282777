namespace Reranker.Simulation.Time;

/// <summary>The clock of a simulation: it stands where the last event put it.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private long _ticks;

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(_ticks);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    /// <summary>Moves on; never back.</summary>
    public void MoveTo(TimeSpan time) => _ticks = Math.Max(_ticks, time.Ticks);
}
