using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>One dedicated thread that forms batches and runs them. It never borrows from the thread pool.</summary>
internal sealed partial class Lane
{
    private readonly ModelRunner _runner;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly Action _releaseTurn;
    private IEngineLane? _engine;
    private bool _hasTurn;

    public Lane(ModelRunner runner, string name, ILogger logger)
    {
        _runner = runner;
        _logger = logger;
        Running = new RunningBatch(runner.Clock);
        _releaseTurn = ReleaseTurn;
        _thread = new Thread(Loop) { Name = name, IsBackground = true };
    }

    public RunningBatch Running { get; }

    /// <summary>Completes when the thread has left the engine for good.</summary>
    public Task Ended => _ended.Task;

    public string Name => _thread.Name!;

    /// <summary>Takes its buffers on the device.</summary>
    public void Open() => _engine = _runner.Engine.CreateLane();

    /// <summary>Gives them back; for a lane that is open and was not started.</summary>
    public void Close() => _engine?.Dispose();

    /// <summary>Begins to run what is queued; it is open.</summary>
    public void Start() => _thread.Start();

    private void Loop()
    {
        try
        {
            var executor = new BatchExecutor(_runner, _engine!, Running, _logger);
            var former = _runner.CreateFormer();
            var batch = new Batch(_runner.Engine.Description.MaxBatchPairs);
            while (Next(former, batch, executor))
            {
                _hasTurn = true;
                Use(executor, batch);
                ReleaseTurn();
                batch.Clear();
                Running.Clear();
            }
        }
        catch (Exception e)
        {
            // A bug: as good as a lost device, and never a process that dies of it.
            LogCrashed(_logger, e, Name);
            Lose("a lane of it crashed", error: null);
        }
        finally
        {
            // Buffers of a lost GPU are left where they are: to free them is one more call into what failed.
            if (!_runner.DeviceIsLost)
            {
                _engine?.Dispose();
            }

            _ended.TrySetResult();
        }
    }

    /// <summary>Waits for work; true with a turn on the device and a batch, which may be empty or have become so.</summary>
    private bool Next(IBatchFormer former, Batch batch, BatchExecutor executor)
    {
        var pass = _runner.Gate.Wait(_runner.WorkWaits, _runner.FullBatchWaits, _runner.UntilEarly);
        if (pass == DeviceGate.Pass.Closed)
        {
            return false;
        }

        if (!_runner.Suspension.IsOn)
        {
            Form(former, batch);
        }

        if (!Running.Take(batch.Pairs, _runner.Engine.Cost.PredictMicroseconds(batch.Lengths)))
        {
            _runner.GiveUp(batch.Pairs);
            return false;
        }

        if (pass == DeviceGate.Pass.Turn)
        {
            return true;
        }

        executor.Stage(batch);
        if (_runner.Gate.TakeTurn())
        {
            return true;
        }

        _runner.GiveUp(Running.Abandon());
        return false;
    }

    // A pair that left the queue and is not yet in what runs is known here alone.
    private void Form(IBatchFormer former, Batch batch)
    {
        try
        {
            _runner.FormBatch(former, batch);
        }
        catch
        {
            // In this order: a queue that is still served would hand them out again.
            _runner.Lose("a lane of it crashed");
            _runner.GiveUp(batch.Pairs);
            throw;
        }
    }

    private void Use(BatchExecutor executor, Batch batch)
    {
        // Between forming and the turn some works may have ended; after this moment they cost device time.
        batch.RemoveDone();
        try
        {
            if (_runner.Suspension.TryBeginTrial())
            {
                executor.TryDevice();
            }

            if (batch.Count > 0 && !_runner.Suspension.IsOn)
            {
                _runner.AddBusy(executor.Execute(batch, _runner.NextBatchNumber(), _releaseTurn));
            }
        }
        catch (EngineException e)
        {
            Lose(e.Message, e);
        }

        if (_runner.Suspension.IsOn)
        {
            _runner.GiveUp(Running.GiveBack());
        }
    }

    private void ReleaseTurn()
    {
        if (_hasTurn)
        {
            _hasTurn = false;
            _runner.Gate.ReleaseTurn();
        }
    }

    // Another lane may have lost the device a moment before, or the runner may be stopping: then nobody else puts back what
    // this lane holds, and it may belong to a sibling that can still run it.
    private void Lose(string reason, Exception? error)
    {
        _runner.Lose(reason, error);
        _runner.GiveUp(Running.Abandon());
    }

    [LoggerMessage(EventIds.LaneCrashed, LogLevel.Critical, "Lane {Lane} crashed")]
    private static partial void LogCrashed(ILogger logger, Exception error, string lane);
}
