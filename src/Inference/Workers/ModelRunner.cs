using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Batching.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>One engine with its queue and its lanes: the part of a worker that serves one model.</summary>
internal sealed partial class ModelRunner : IAsyncDisposable
{
    private const int WindowPairs = 256;

    private readonly WorkerOptions _options;
    private readonly WorkerGroup _group;
    private readonly Action<ModelRunner, string> _lost;
    private readonly ILogger _logger;
    private readonly RunnerLife _life = new();
    private readonly bool _looksAtWindow;
    private readonly LaneSet _lanes;
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
        _looksAtWindow = engine.Cost is IPaddedCostModel;
        Clock = new MonotonicClock(time);
        Budget = new BatchBudget(description, options.TargetBatchTime, Clock);
        Gate = new DeviceGate(description.Lanes);
        Queue = new ModelQueue(
            new QueueLimits(options.MaxQueuedTokens, options.MaxQueueTime.TotalMicroseconds, Math.Max(1, (long)BatchTokens)), Clock);
        WorkWaits = HasWork;
        FullBatchWaits = () => !_life.IsSuspended && Queue.WaitingTokens >= BatchTokens;
        Failures = new FailureCount(Clock);
        Suspension = new Suspension(this, _life, options, logger);
        _delay = new BatchDelay(options.MaxBatchDelay, Clock, Gate);
        _intake = new WorkIntake(this, _life, _delay, group);
        _lanes = new LaneSet(this, logger);
        UntilEarly = _lanes.TimeUntilEarly;
    }

    public int Ordinal { get; }

    public IInferenceEngine Engine { get; }

    public MonotonicClock Clock { get; }

    public ModelQueue Queue { get; }

    public BatchBudget Budget { get; }

    public DeviceGate Gate { get; }

    public FailureCount Failures { get; }

    public Suspension Suspension { get; }

    public Func<bool> WorkWaits { get; }

    public Func<bool> FullBatchWaits { get; }

    public Func<TimeSpan?> UntilEarly { get; }

    public RunnerState State => _life.State;

    public bool DeviceIsLost => _life.DeviceIsLost;

    public double BusySeconds => Interlocked.Read(ref _busyMicroseconds) / 1e6;

    public double InFlightMicroseconds => _lanes.InFlightMicroseconds;

    public ModelStatus Status
    {
        get
        {
            var (state, suspended, waiting, rate) = (State, Suspension.IsOn, Queue.WaitingTokens, Engine.Cost.TokensPerSecond);
            return new ModelStatus
            {
                Identity = Engine.Description.ModelIdentity,
                QueuedTokens = waiting,
                TokensPerSecond = rate,
                InFlight = TimeSpan.FromMicroseconds(InFlightMicroseconds),
                Backlog = TimeSpan.FromMicroseconds(waiting * 1e6 / rate),
                Ready = state == RunnerState.Ready && !suspended,
                Suspended = suspended,
                Draining = state is RunnerState.Draining or RunnerState.Stopped,
                Lost = state == RunnerState.Lost,
            };
        }
    }

    // Tokens that fill the target time of one run.
    private double BatchTokens => Math.Min(
        Budget.MaxTokens, Engine.Cost.TokensPerSecond / Engine.Description.Lanes * _options.TargetBatchTime.TotalSeconds);

    /// <summary>Takes the lanes' buffers on the device: whoever has no room for them is refused before anybody knows of it.</summary>
    /// <exception cref="EngineException">The engine cannot make a lane; none is left open.</exception>
    public void Open()
    {
        try
        {
            _lanes.Open();
        }
        catch (Exception e)
        {
            var engine = Engine.Description;
            throw new EngineException(
                (e as EngineException)?.Fault ?? EngineFault.Batch, $"Model {engine.ModelName} gets no place to run on {engine.Device}: {e.Message}", e);
        }
    }

    /// <summary>Takes <see cref="Open"/> back; for a runner that was not started.</summary>
    public void Close() => _lanes.Close();

    /// <summary>Begins to run what is queued. It is open.</summary>
    public void Start()
    {
        _watch = new RunWatch(this, _options);
        _group.Add(this);
        WorkerMetrics.Add(this);
        _lanes.Start();
    }

    public Task<ScoreResult> ScoreAsync(ScoreWork work, CancellationToken cancellationToken) => _intake.ScoreAsync(work, cancellationToken);

    public WorkStatus StatusOf(Guid requestId)
    {
        var worst = _lanes.MostOverdue;
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

        if (_looksAtWindow && Queue.WaitingTokens > 0)
        {
            // What was looked at and not taken is back in the queue: another lane may have found it empty meanwhile.
            Gate.Wake();
        }

        // What still waits came while this device was free, when there was no need of help.
        if (Queue.WaitingTokens > 0 && Gate.IsBusy)
        {
            _group.WakeIdle(this);
        }
    }

    public long NextBatchNumber() => Interlocked.Increment(ref _batchNumber);

    public void AddBusy(double microseconds) => Interlocked.Add(ref _busyMicroseconds, (long)microseconds);

    public bool HasHungRun(long watched, double timesPredicted, TimeSpan atLeast)
        => _lanes.HasHungRun(watched, timesPredicted, atLeast);

    /// <summary>Puts back what was taken for a device that does not run it.</summary>
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

            // Nothing more comes that a batch could wait for.
            Gate.Wake();
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
        _lanes.Abandon();
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
        await Suspension.DisposeAsync().ConfigureAwait(false);
        Gate.Close();
        var ended = _lanes.Ended;
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

    private bool HasWork() => _life.IsSuspended ? Suspension.TrialIsDue
        : (Queue.WaitingTokens > 0 && (_delay.IsOver || Queue.WaitingTokens >= BatchTokens || State != RunnerState.Ready))
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
