namespace Reranker.Inference.Workers;

/// <summary>Looks at a runner ten times a second: is a run hung, did works expire while no batch was formed?</summary>
internal sealed class RunWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly ModelRunner _runner;
    private readonly WorkerOptions _options;
    private readonly ITimer _timer;

    public RunWatch(ModelRunner runner, WorkerOptions options)
    {
        (_runner, _options) = (runner, options);
        _timer = runner.Clock.Time.CreateTimer(static w => ((RunWatch)w!).Look(), this, Period, Period);
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look()
    {
        // A native call cannot be ended from outside: all that can be done for a hung run is to do its work elsewhere.
        if (_runner.HasHungRun(_options.HungAfterTimesPredicted, _options.HungAfterAtLeast))
        {
            _runner.Lose("a run does not end");
        }

        if (_runner.Queue.WaitingTokens > 0)
        {
            _runner.Queue.EndExpiredWorks();
        }
    }
}
