using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>
/// Looks at a runner ten times a second: is a run hung, did works expire while no batch was formed? A run counts as hung by the
/// time for which it was watched: a process that was stopped for a while, or found no processor, knows nothing of its device.
/// </summary>
internal sealed class RunWatch : IAsyncDisposable
{
    // What a look may be late by on a machine that is busy and nothing more.
    private const int MostPeriods = 3;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly long PeriodMicroseconds = MonotonicClock.Microseconds(Period);

    private readonly ModelRunner _runner;
    private readonly WorkerOptions _options;
    private readonly ITimer _timer;
    private long _lookedAt;

    public RunWatch(ModelRunner runner, WorkerOptions options)
    {
        (_runner, _options, _lookedAt) = (runner, options, runner.Clock.Now);
        _timer = runner.Clock.Time.CreateTimer(static w => ((RunWatch)w!).Look(), this, Period, Period);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look()
    {
        var now = _runner.Clock.Now;
        var watched = Math.Clamp(now - _lookedAt, PeriodMicroseconds, MostPeriods * PeriodMicroseconds);
        _lookedAt = now;

        // A native call cannot be ended from outside: all that can be done for a hung run is to do its work elsewhere.
        if (_runner.HasHungRun(watched, _options.HungAfterTimesPredicted, _options.HungAfterAtLeast))
        {
            _runner.Lose("a run does not end");
        }

        if (_runner.Queue.WaitingTokens > 0)
        {
            _runner.Queue.EndExpiredWorks();
        }
    }
}
