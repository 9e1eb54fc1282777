using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Batching.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>One engine with its queue and its lanes: the part of a worker that serves one model.</summary>
internal sealed partial class ModelRunner : IAsyncDisposable
{
    // Two batches in the air where runs go one after another: while one is on the device, the next is formed and staged.
    private const int LanesOfOneTurn = 2;
    private const int WindowPairs = 256;
    private const double LeastLead = 1000;
    private const double LeadShare = 0.1;

    private readonly WorkerOptions _options;
    private readonly WorkerGroup _group;
    private readonly Action<ModelRunner, string> _lost;
    private readonly ILogger _logger;
    private readonly RunnerLife _life = new();
    private readonly Lane[] _lanes;
    private readonly BatchDelay _delay;
    private readonly WorkIntake _intake;
    private RunWatch? _watch;
    private long _batchNumber;
    private long _busyMicroseconds;

    /// <param name="ordinal">Ordinal of the worker.</param>
    /// <param name="engine">The engine, which it owns.</param>
    /// <param name="options">How it forms batches.</param>
    /// <param name="group">The workers of the process.</param>
    /// <param name="lost">Told once when the device is lost, and why.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what went wrong.</param>
    public ModelRunner(
        int ordinal,
        IInferenceEngine engine,
        WorkerOptions options,
        WorkerGroup group,
        Action<ModelRunner, string> lost,
        TimeProvider time,
        ILogger logger)
    {
        (Ordinal, Engine, _options, _group, _lost, _logger) = (ordinal, engine, options, group, lost, logger);
        var description = engine.Description;
        Clock = new MonotonicClock(time);
        Budget = new BatchBudget(description, options.TargetBatchTime, Clock);
        Gate = new DeviceGate(description.Lanes);
        Queue = new ModelQueue(
            new QueueLimits(options.MaxQueuedTokens, options.MaxQueueTime.TotalMicroseconds, Math.Max(1, (long)BatchTokens)), Clock);
        WorkWaits = HasWork;
        UntilEarly = TimeUntilEarly;
        FullBatchWaits = () => Queue.WaitingTokens >= BatchTokens;
        _delay = new BatchDelay(options.MaxBatchDelay, Clock, Gate);
        _intake = new WorkIntake(this, _life, _delay, group);
        var lanes = description.Lanes == 1 ? LanesOfOneTurn : description.Lanes;
        _lanes = [.. Enumerable.Range(0, lanes).Select(i => new Lane(this, $"worker-{ordinal}/{description.ModelName}/lane-{i}", logger))];
    }

    public int Ordinal { get; }

    public IInferenceEngine Engine { get; }

    public MonotonicClock Clock { get; }

    public ModelQueue Queue { get; }

    public BatchBudget Budget { get; }

    public DeviceGate Gate { get; }

    public Func<bool> WorkWaits { get; }

    public Func<bool> FullBatchWaits { get; }

    public Func<TimeSpan?> UntilEarly { get; }

    public RunnerState State => _life.State;

    public bool DeviceIsLost => _life.DeviceIsLost;

    public double BusySeconds => Interlocked.Read(ref _busyMicroseconds) / 1e6;

    // One after another where they share a turn, side by side where each has its own.
    public double InFlightMicroseconds => Engine.Description.Lanes == 1
        ? _lanes.Sum(l => l.Running.Remaining)
        : _lanes.Max(l => l.Running.Remaining);

    public ModelStatus Status
    {
        get
        {
            var (state, waiting, rate) = (State, Queue.WaitingTokens, Engine.Cost.TokensPerSecond);
            return new ModelStatus
            {
                Identity = Engine.Description.ModelIdentity,
                QueuedTokens = waiting,
                TokensPerSecond = rate,
                InFlight = TimeSpan.FromMicroseconds(InFlightMicroseconds),
                Backlog = TimeSpan.FromMicroseconds(waiting * 1e6 / rate),
                Ready = state == RunnerState.Ready,
                Draining = state is RunnerState.Draining or RunnerState.Stopped,
                Lost = state == RunnerState.Lost,
            };
        }
    }

    // Tokens that fill the target time of one run.
    private double BatchTokens => Math.Min(
        Budget.MaxTokens, Engine.Cost.TokensPerSecond / Engine.Description.Lanes * _options.TargetBatchTime.TotalSeconds);

    /// <summary>Begins to run what is queued.</summary>
    public void Start()
    {
        _watch = new RunWatch(this, _options);
        _group.Add(this);
        WorkerMetrics.Add(this);
        foreach (var lane in _lanes)
        {
            lane.Start();
        }
    }

    public Task<ScoreResult> ScoreAsync(ScoreWork work, CancellationToken cancellationToken) => _intake.ScoreAsync(work, cancellationToken);

    public WorkStatus StatusOf(Guid requestId)
    {
        var worst = _lanes.Select(l => l.Running.Progress).MaxBy(p => p.Predicted > 0 ? p.Elapsed - p.Predicted : double.NegativeInfinity);
        return new WorkStatus(
            Queue.PlaceOf(requestId), TimeSpan.FromMicroseconds(worst.Elapsed), TimeSpan.FromMicroseconds(worst.Predicted));
    }

    public IBatchFormer CreateFormer() => Engine.Cost is IPaddedCostModel padded
        ? new GroupedBatchFormer(padded, Math.Max(WindowPairs, Engine.Description.MaxBatchPairs))
        : new BudgetBatchFormer(Engine.Cost);

    /// <summary>Forms a batch from the own queue or, when nothing waits there, from a sibling's.</summary>
    public void FormBatch(IBatchFormer former, Batch batch)
    {
        former.Form(Queue, batch, Budget.Limits);
        if (batch.Count == 0 && _group.Overloaded(this) is { } sibling)
        {
            former.Form(sibling.Queue, batch, Budget.Limits);
        }

        // What still waits came while this device was free, when there was no need of help.
        if (Queue.WaitingTokens > 0 && Gate.IsBusy)
        {
            _group.WakeIdle(this);
        }
    }

    public long NextBatchNumber() => Interlocked.Increment(ref _batchNumber);

    public void AddBusy(double microseconds) => Interlocked.Add(ref _busyMicroseconds, (long)microseconds);

    public bool HasHungRun(double timesPredicted, TimeSpan atLeast)
        => Array.Exists(_lanes, l => l.Running.IsHung(timesPredicted, atLeast.TotalMicroseconds));

    /// <summary>Puts back what was taken for a device that is closed by now.</summary>
    public void GiveUp(ReadOnlySpan<QueuedPair> pairs)
    {
        ModelQueue.ReturnHome(pairs);
        _group.SeeTo(Engine.Description.ModelIdentity);
    }

    /// <summary>Takes no more work and completes when what it has is done, or when the token is cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_life.Advance(RunnerState.Draining))
        {
            LogDraining(_logger, Ordinal, Engine.Description.ModelName, Queue.WaitingTokens);
        }

        _intake.SignalIdle();
        await _intake.Idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The device is gone: siblings take what it had, or everything ends as <see cref="WorkOutcome.DeviceLost"/>.</summary>
    public void Lose(string reason, Exception? error = null)
    {
        if (!_life.Lose())
        {
            return;
        }

        LogLost(_logger, error, Ordinal, Engine.Description.ModelName, Engine.Description.Device, reason);
        Gate.Close();
        foreach (var lane in _lanes)
        {
            ModelQueue.ReturnHome(lane.Running.Abandon());
        }

        _group.SeeTo(Engine.Description.ModelIdentity);
        _intake.SignalIdle();
        _lost(this, reason);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_life.Advance(RunnerState.Stopped))
        {
            return;
        }

        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }

        await _delay.DisposeAsync().ConfigureAwait(false);
        Gate.Close();
        var ended = Task.WhenAll(_lanes.Select(l => l.Ended));
        await ended.WaitAsync(DeviceIsLost ? TimeSpan.Zero : _options.StopTime, Clock.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A sibling may still be running a batch that it took from here; its works end here all the same.
        Queue.EndAll(WorkOutcome.Draining, error: null);
        _intake.SignalIdle(evenWithWork: true);
        _group.Remove(this);
        WorkerMetrics.Remove(this);
        DisposeEngine(ended.IsCompleted);
    }

    // To free an engine under a thread that is inside it would take the process down; so may freeing memory of a lost GPU,
    // where every call fails and the runtime's destructors do not expect it. The process ends soon in both cases.
    private void DisposeEngine(bool ended)
    {
        if (DeviceIsLost)
        {
            return;
        }

        if (ended)
        {
            Engine.Dispose();
            LogStopped(_logger, Ordinal, Engine.Description.ModelName);
        }
        else
        {
            LogStuck(_logger, Ordinal, Engine.Description.ModelName);
        }
    }

    // Forming and laying out take a fraction of a millisecond; predictions err by some per cent, and a run that ends before
    // its time finds a lane that forms the batch then. Between a turn and the batch that is formed for it nothing is expected:
    // whoever took that for the end of a run would form a batch as long ahead as the run takes.
    private TimeSpan? TimeUntilEarly()
    {
        double? longest = null;
        foreach (var lane in _lanes)
        {
            if (lane.Running.Expected is { Predicted: > 0 } expected)
            {
                var lead = Math.Max(LeastLead, expected.Predicted * LeadShare);
                longest = Math.Max(longest ?? 0, expected.UntilEnd - lead);
            }
        }

        return longest is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;
    }

    private bool HasWork()
        => (Queue.WaitingTokens > 0 && (_delay.IsOver || Queue.WaitingTokens >= BatchTokens || State != RunnerState.Ready))
            || _group.Overloaded(this) is not null;

    [LoggerMessage(EventIds.WorkerDraining, LogLevel.Information, "Worker {Worker} drains model {Model}: {Tokens} tokens wait")]
    private static partial void LogDraining(ILogger logger, int worker, string model, long tokens);

    [LoggerMessage(EventIds.WorkerLost, LogLevel.Error, "Worker {Worker} lost its device for model {Model} ({Device}): {Reason}")]
    private static partial void LogLost(ILogger logger, Exception? error, int worker, string model, string device, string reason);

    [LoggerMessage(EventIds.WorkerStopped, LogLevel.Information, "Worker {Worker} stopped model {Model}")]
    private static partial void LogStopped(ILogger logger, int worker, string model);

    [LoggerMessage(EventIds.LaneStuck, LogLevel.Error, "Worker {Worker} stopped model {Model} without its engine: a run does not end")]
    private static partial void LogStuck(ILogger logger, int worker, string model);
}
