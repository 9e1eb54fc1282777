using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Logging;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>
/// The part of a worker that serves one model: puts its parts together, starts them, drains them, gives its device up for lost
/// and takes them apart. Works go through <see cref="Intake"/>, and never through here.
/// </summary>
internal sealed partial class ModelRunner : IAsyncDisposable
{
    private readonly int _worker;
    private readonly IInferenceEngine _engine;
    private readonly WorkerOptions _options;
    private readonly WorkerGroup _group;
    private readonly Action<ModelRunner, string> _lost;
    private readonly ILogger _logger;
    private readonly MonotonicClock _clock;
    private readonly RunnerLifecycle _life = new();
    private readonly DeviceGate _gate;
    private readonly ModelQueue _queue;
    private readonly GroupMember _member;
    private readonly BatchDelay _delay;
    private readonly Suspension _suspension;
    private readonly LaneSet _lanes;
    private RunWatch? _watch;

    /// <param name="worker">Ordinal of the worker.</param>
    /// <param name="engine">The engine, which it owns.</param>
    /// <param name="options">How it forms batches.</param>
    /// <param name="group">The workers of the process.</param>
    /// <param name="lost">Told once when the device is lost, and why.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what went wrong.</param>
    public ModelRunner(
        int worker,
        IInferenceEngine engine,
        WorkerOptions options,
        WorkerGroup group,
        Action<ModelRunner, string> lost,
        TimeProvider time,
        ILogger logger)
    {
        (_worker, _engine, _options, _group, _lost, _logger) = (worker, engine, options, group, lost, logger);
        _clock = new MonotonicClock(time);
        var budget = new BatchBudget(Engine, engine.Cost, options.TargetBatchTime, _clock);
        _gate = new DeviceGate(Engine.Lanes);
        _queue = new ModelQueue(
            new QueueLimits(options.MaxQueuedTokens, options.MaxQueueTime.TotalMicroseconds, Math.Max(1, (long)budget.FullBatchTokens)), _clock);
        _member = new GroupMember(Engine.ModelIdentity, _queue, _gate, _life);
        _delay = new BatchDelay(options.MaxBatchDelay, _clock, _gate);
        _suspension = new Suspension(worker, Engine, _life, _gate, options, _clock, logger);
        var counter = new RunCounter();
        _lanes = new LaneSet(worker, new LaneResources
        {
            Engine = engine,
            Clock = _clock,
            Life = _life,
            Gate = _gate,
            Source = new BatchSource(_member, group, budget),
            Budget = budget,
            Suspension = _suspension,
            Failures = new FailureSampling(_clock),
            Counter = counter,
            DeviceLost = StopAfterDeviceLoss,
            Logger = logger,
        });
        _gate.SetConditions(new FormingConditions(_member, group, budget, _delay, _suspension, _lanes));
        Intake = new WorkIntake(engine, _clock, _member, group, _lanes, _delay);
        Gauges = new ModelGauges(worker, engine, _member, _lanes, budget, counter);
    }

    public EngineDescription Engine => _engine.Description;

    /// <summary>Where works of the model come in.</summary>
    public WorkIntake Intake { get; }

    /// <summary>What can be read of it.</summary>
    public ModelGauges Gauges { get; }

    /// <summary>Takes the lanes' buffers on the device: whoever has no room for them is refused before anybody knows of it.</summary>
    /// <exception cref="EngineException">The engine cannot make a lane; none is left open.</exception>
    public void OpenLanes()
    {
        try
        {
            _lanes.OpenLanes();
        }
        catch (Exception e)
        {
            throw new EngineException(
                (e as EngineException)?.Fault ?? EngineFault.Batch, $"Model {Engine.ModelName} gets no place to run on {Engine.Device}: {e.Message}", e);
        }
    }

    /// <summary>Takes <see cref="OpenLanes"/> back; for a runner that was not started.</summary>
    public void CloseLanes() => _lanes.CloseLanes();

    /// <summary>Begins to run what is queued. It is open.</summary>
    public void StartServing()
    {
        _watch = new RunWatch(_lanes, _queue, _options, _clock, StopAfterDeviceLoss);
        _group.Add(_member);
        WorkerMetrics.AddModel(Gauges);
        _lanes.StartLanes();
    }

    /// <summary>Takes no more work and completes when what it has is done, or when the token is cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_life.AdvanceTo(RunnerPhase.Draining))
        {
            LogDraining(_logger, _worker, Engine.ModelName, _queue.WaitingTokens);

            // Nothing more comes that a batch could wait for.
            _gate.WakeLanes();
        }

        Intake.SignalIdle();
        await Intake.Idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The device is gone: siblings take what it had, or everything ends as <see cref="WorkOutcome.DeviceLost"/>.</summary>
    public void StopAfterDeviceLoss(string reason, Exception? error)
    {
        if (!_life.TryAdvanceToLost())
        {
            return;
        }

        LogLost(_logger, error, _worker, Engine.ModelName, Engine.Device, reason);
        _gate.EndLanes();
        _lanes.ReturnAllPairs();
        _group.WakeHelpersOrEndItems(Engine.ModelIdentity);
        Intake.SignalIdle();
        _lost(this, reason);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_life.AdvanceTo(RunnerPhase.Stopped))
        {
            return;
        }

        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }

        await _delay.DisposeAsync().ConfigureAwait(false);
        await _suspension.DisposeAsync().ConfigureAwait(false);
        _gate.EndLanes();
        var ended = _lanes.Ended;
        await ended.WaitAsync(_life.DeviceIsLost ? TimeSpan.Zero : _options.StopTime, _clock.Time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A sibling may still be running a batch that it took from here; its works end here all the same.
        _queue.EndAll(WorkOutcome.Draining);
        Intake.SignalIdle(evenWithWork: true);
        _group.RemoveAndRescue(_member);
        WorkerMetrics.RemoveModel(Gauges);
        DisposeEngine(ended.IsCompleted);
    }

    // To free an engine under a thread that is inside it would take the process down; so may freeing memory of a lost GPU,
    // where every call fails and the runtime's destructors do not expect it. The process ends soon in both cases.
    private void DisposeEngine(bool lanesEnded)
    {
        if (_life.DeviceIsLost)
        {
            return;
        }

        if (lanesEnded)
        {
            _engine.Dispose();
            LogStopped(_logger, _worker, Engine.ModelName);
        }
        else
        {
            LogStuck(_logger, _worker, Engine.ModelName);
        }
    }

    [LoggerMessage(InferenceEventIds.WorkerDraining, LogLevel.Information, "Worker {Worker} drains model {Model}: {Tokens} tokens wait")]
    private static partial void LogDraining(ILogger logger, int worker, string model, long tokens);

    [LoggerMessage(InferenceEventIds.WorkerLost, LogLevel.Error, "Worker {Worker} lost its device for model {Model} ({Device}): {Reason}")]
    private static partial void LogLost(ILogger logger, Exception? error, int worker, string model, string device, string reason);

    [LoggerMessage(InferenceEventIds.WorkerStopped, LogLevel.Information, "Worker {Worker} stopped model {Model}")]
    private static partial void LogStopped(ILogger logger, int worker, string model);

    [LoggerMessage(InferenceEventIds.LaneStuck, LogLevel.Error, "Worker {Worker} stopped model {Model} without its engine: a run does not end")]
    private static partial void LogStuck(ILogger logger, int worker, string model);
}
