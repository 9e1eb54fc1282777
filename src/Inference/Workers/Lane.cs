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

    public void Start() => _thread.Start();

    private void Loop()
    {
        IEngineLane? lane = null;
        try
        {
            lane = _runner.Engine.CreateLane();
            var executor = new BatchExecutor(_runner.Engine, lane, Running, _runner.Budget, _runner.Clock, _logger);
            var former = _runner.CreateFormer();
            var batch = new Batch(_runner.Engine.Description.MaxBatchPairs);
            while (Next(former, batch, executor))
            {
                _hasTurn = true;
                if (batch.Count > 0)
                {
                    Execute(executor, batch);
                }

                ReleaseTurn();
                batch.Clear();
                Running.Clear();
            }
        }
        catch (Exception e)
        {
            // A bug, or an engine that cannot make a lane: as good as a lost device, and never a process that dies of it.
            LogCrashed(_logger, e, Name);
            Lose("a lane of it crashed", error: null);
        }
        finally
        {
            // Buffers of a lost GPU are left where they are: to free them is one more call into what failed.
            if (!_runner.DeviceIsLost)
            {
                lane?.Dispose();
            }

            _ended.TrySetResult();
        }
    }

    /// <summary>Waits for work; true with a turn on the device and a batch, which may have become empty.</summary>
    private bool Next(IBatchFormer former, Batch batch, BatchExecutor executor)
    {
        var pass = _runner.Gate.Wait(_runner.WorkWaits, _runner.FullBatchWaits, _runner.UntilEarly);
        if (pass == DeviceGate.Pass.Closed)
        {
            return false;
        }

        Form(former, batch);
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

    private void Execute(BatchExecutor executor, Batch batch)
    {
        // Between forming and the turn some works may have ended; after this moment they cost device time.
        batch.RemoveDone();
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            _runner.AddBusy(executor.Execute(batch, _runner.NextBatchNumber(), _releaseTurn));
        }
        catch (EngineException e)
        {
            Lose(e.Message, e);
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
