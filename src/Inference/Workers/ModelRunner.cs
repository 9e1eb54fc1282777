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
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromMilliseconds(100);

    private readonly WorkerOptions _options;
    private readonly WorkerGroup _group;
    private readonly ILogger _logger;
    private readonly Lane[] _lanes;
    private readonly ITimer _watch;
    private readonly ITimer _delay;
    private readonly Lock _transition = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile RunnerState _state;
    private long _readyAt;
    private long _batchNumber;
    private long _busyMicroseconds;

    public ModelRunner(int ordinal, IInferenceEngine engine, WorkerOptions options, WorkerGroup group, TimeProvider time, ILogger logger)
    {
        (Ordinal, Engine, _options, _group, _logger) = (ordinal, engine, options, group, logger);
        var description = engine.Description;
        Clock = new MonotonicClock(time);
        Budget = new BatchBudget(description, options.TargetBatchTime);
        Gate = new DeviceGate(description.Lanes);
        Queue = new ModelQueue(
            new QueueLimits(options.MaxQueuedTokens, options.MaxQueueTime.TotalMicroseconds, Math.Max(1, (long)BatchTokens)), Clock);
        WorkWaits = HasWork;
        FullBatchWaits = () => Queue.WaitingTokens >= BatchTokens;
        _watch = time.CreateTimer(static r => ((ModelRunner)r!).Watch(), this, WatchPeriod, WatchPeriod);
        _delay = time.CreateTimer(static r => ((ModelRunner)r!).Gate.Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var lanes = description.Lanes == 1 ? LanesOfOneTurn : description.Lanes;
        _lanes = [.. Enumerable.Range(0, lanes).Select(i => new Lane(this, $"worker-{ordinal}/{description.ModelName}/lane-{i}", logger))];
        group.Add(this);
        WorkerMetrics.Add(this);
        foreach (var lane in _lanes)
        {
            lane.Start();
        }
    }

    public int Ordinal { get; }

    public IInferenceEngine Engine { get; }

    public MonotonicClock Clock { get; }

    public ModelQueue Queue { get; }

    public BatchBudget Budget { get; }

    public DeviceGate Gate { get; }

    public Func<bool> WorkWaits { get; }

    public Func<bool> FullBatchWaits { get; }

    public RunnerState State => _state;

    public double BusySeconds => Interlocked.Read(ref _busyMicroseconds) / 1e6;

    // One after another where they share a turn, side by side where each has its own.
    public double InFlightMicroseconds => Engine.Description.Lanes == 1
        ? _lanes.Sum(l => l.Running.Remaining)
        : _lanes.Max(l => l.Running.Remaining);

    public double BacklogMicroseconds => Queue.WaitingTokens * 1e6 / Engine.Cost.TokensPerSecond;

    // Tokens that fill the target time of one run.
    private double BatchTokens => Math.Min(
        Budget.MaxTokens, Engine.Cost.TokensPerSecond / Engine.Description.Lanes * _options.TargetBatchTime.TotalSeconds);

    public Task<ScoreResult> ScoreAsync(ScoreWork work, CancellationToken cancellationToken)
    {
        if (WorkValidation.Error(work, Engine.Description) is { } error)
        {
            return Ended(WorkOutcome.Invalid, error);
        }

        if (work.Count == 0)
        {
            return Ended(WorkOutcome.Ok);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Ended(WorkOutcome.Cancelled);
        }

        return Enqueue(work, cancellationToken);
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

    /// <summary>Puts back what was taken for a device that is closed by now.</summary>
    public void GiveUp(ReadOnlySpan<QueuedPair> pairs)
    {
        ModelQueue.ReturnHome(pairs);
        _group.SeeTo(Engine.Description.ModelIdentity);
    }

    /// <summary>Takes no more work and completes when what it has is done, or when the token is cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (Advance(RunnerState.Draining))
        {
            LogDraining(_logger, Ordinal, Engine.Description.ModelName, Queue.WaitingTokens);
        }

        SignalIdle();
        await _idle.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The device is gone: siblings take what it had, or everything fails.</summary>
    public void Lose(string reason, Exception? error = null)
    {
        if (!Advance(RunnerState.Lost))
        {
            return;
        }

        LogLost(_logger, error, Ordinal, Engine.Description.ModelName, reason);
        Gate.Close();
        foreach (var lane in _lanes)
        {
            ModelQueue.ReturnHome(lane.Running.Abandon());
        }

        _group.SeeTo(Engine.Description.ModelIdentity);
        SignalIdle();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Advance(RunnerState.Stopped))
        {
            return;
        }

        await _watch.DisposeAsync().ConfigureAwait(false);
        await _delay.DisposeAsync().ConfigureAwait(false);
        Gate.Close();
        var ended = Task.WhenAll(_lanes.Select(l => l.Ended));
        await ended.WaitAsync(_options.StopTime, Clock.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A sibling may still be running a batch that it took from here; its works end here all the same.
        Queue.EndAll(WorkOutcome.Draining, error: null);
        _idle.TrySetResult();
        _group.Remove(this);
        WorkerMetrics.Remove(this);
        if (ended.IsCompleted)
        {
            Engine.Dispose();
            LogStopped(_logger, Ordinal, Engine.Description.ModelName);
        }
        else
        {
            // To free an engine under a thread that is inside it would take the process down.
            LogStuck(_logger, Ordinal, Engine.Description.ModelName);
        }
    }

    private Task<ScoreResult> Enqueue(ScoreWork work, CancellationToken cancellationToken)
    {
        var longest = 0;
        for (var i = 0; i < work.Count; i++)
        {
            longest = Math.Max(longest, work.Offsets[i + 1] - work.Offsets[i]);
        }

        var alone = Engine.Cost.PredictMicroseconds([longest]);
        var now = Clock.Now;
        var deadline = now + MonotonicClock.Microseconds(work.Remaining);
        var queued = new QueuedWork(work, now, deadline, deadline - (long)alone, Completed);
        var wasEmpty = Queue.WaitingTokens == 0;
        lock (_transition)
        {
            // Under the lock, so that no work comes in behind the back of a drain or a loss.
            if (_state != RunnerState.Ready)
            {
                return _state == RunnerState.Lost ? Ended(WorkOutcome.Failed, "The device is lost.") : Ended(WorkOutcome.Draining);
            }

            if (!Queue.TryAdd(queued, new Admission(Engine.Cost.TokensPerSecond, InFlightMicroseconds, alone)))
            {
                return Ended(WorkOutcome.Busy);
            }
        }

        queued.Registration = cancellationToken.UnsafeRegister(
            static w => ((QueuedWork)w!).TryComplete(WorkOutcome.Cancelled, error: null), queued);
        if (queued.IsDone)
        {
            queued.Registration.Unregister();
        }

        WakeLanes(wasEmpty, now);
        return queued.Task;
    }

    private void WakeLanes(bool wasEmpty, long now)
    {
        if (wasEmpty && _options.MaxBatchDelay > TimeSpan.Zero)
        {
            Volatile.Write(ref _readyAt, now + MonotonicClock.Microseconds(_options.MaxBatchDelay));
            _delay.Change(_options.MaxBatchDelay, Timeout.InfiniteTimeSpan);
        }

        Gate.Wake();
        if (Gate.IsBusy)
        {
            _group.WakeIdle(this);
        }
    }

    private bool HasWork()
        => (Queue.WaitingTokens > 0
                && (Clock.Now >= Volatile.Read(ref _readyAt) || Queue.WaitingTokens >= BatchTokens || State != RunnerState.Ready))
            || _group.Overloaded(this) is not null;

    private void Completed(QueuedWork work, ScoreResult result)
    {
        Queue.Forget(work);
        WorkerMetrics.Ended(Engine.Description, result);
        if (State != RunnerState.Ready)
        {
            SignalIdle();
        }
    }

    private void SignalIdle()
    {
        if (Queue.Works == 0)
        {
            _idle.TrySetResult();
        }
    }

    private void Watch()
    {
        if (_lanes.Any(l => l.Running.IsHung(_options.HungAfterTimesPredicted, _options.HungAfterAtLeast.TotalMicroseconds)))
        {
            Lose("a run does not end");
        }

        if (Queue.WaitingTokens > 0)
        {
            Queue.EndExpiredWorks();
        }
    }

    private bool Advance(RunnerState next)
    {
        lock (_transition)
        {
            if (_state >= next)
            {
                return false;
            }

            _state = next;
            return true;
        }
    }

    private Task<ScoreResult> Ended(WorkOutcome outcome, string? error = null)
    {
        var result = new ScoreResult { Outcome = outcome, Error = error };
        WorkerMetrics.Ended(Engine.Description, result);
        return Task.FromResult(result);
    }

    [LoggerMessage(EventIds.WorkerDraining, LogLevel.Information, "Worker {Worker} drains model {Model}: {Tokens} tokens wait")]
    private static partial void LogDraining(ILogger logger, int worker, string model, long tokens);

    [LoggerMessage(EventIds.WorkerLost, LogLevel.Error, "Worker {Worker} lost its device for model {Model}: {Reason}")]
    private static partial void LogLost(ILogger logger, Exception? error, int worker, string model, string reason);

    [LoggerMessage(EventIds.WorkerStopped, LogLevel.Information, "Worker {Worker} stopped model {Model}")]
    private static partial void LogStopped(ILogger logger, int worker, string model);

    [LoggerMessage(EventIds.LaneStuck, LogLevel.Error, "Worker {Worker} stopped model {Model} without its engine: a run does not end")]
    private static partial void LogStuck(ILogger logger, int worker, string model);
}
