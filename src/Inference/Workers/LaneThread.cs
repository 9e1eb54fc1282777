using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Workers;

/// <summary>
/// One dedicated thread that forms batches and runs them on a lane of the engine, which is its own. It never borrows from the
/// thread pool.
/// </summary>
internal sealed partial class LaneThread
{
    private readonly LaneResources _shared;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly Action _releaseTurn;
    private IEngineLane? _lane;
    private bool _hasTurn;

    public LaneThread(LaneResources shared, string name)
    {
        _shared = shared;
        Running = new RunningBatch(shared.Clock);
        _releaseTurn = ReleaseTurn;
        _thread = new Thread(RunBatches) { Name = name, IsBackground = true };
    }

    public RunningBatch Running { get; }

    /// <summary>Completes when the thread has left the engine for good.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Takes its buffers on the device.</summary>
    public void CreateLane() => _lane = _shared.Engine.CreateLane();

    /// <summary>Gives them back; for a lane that is open and was not started.</summary>
    public void DisposeLane() => _lane?.Dispose();

    /// <summary>Begins to run what is queued; it is open.</summary>
    public void StartThread() => _thread.Start();

    private void RunBatches()
    {
        try
        {
            var executor = new BatchExecutor(_shared, _lane!, Running);
            var former = BatchFormers.CreateFormer(_shared.Engine.Cost, _shared.Engine.Description.MaxBatchPairs);
            var batch = new Batch(_shared.Engine.Description.MaxBatchPairs);
            while (TryTakeBatch(former, batch, executor))
            {
                _hasTurn = true;
                ExecuteBatchInTurn(executor, batch);
                ReleaseTurn();
                batch.Clear();
                Running.ForgetPairs();
            }
        }
        catch (Exception e)
        {
            // A defect of ours. It counts as a lost device, so that the process lives on.
            LogCrashed(_shared.Logger, e, _thread.Name!);
            ReportDeviceLoss("a lane of it crashed", error: null);
        }
        finally
        {
            // Buffers of a lost GPU are not freed: that would be one more call into a driver that failed.
            if (!_shared.Life.DeviceIsLost)
            {
                _lane?.Dispose();
            }

            _ended.TrySetResult();
        }
    }

    /// <summary>Waits for work. True with a turn on the device and a batch, which may be empty; false when the thread is to end.</summary>
    private bool TryTakeBatch(IBatchFormer former, Batch batch, BatchExecutor executor)
    {
        var pass = _shared.Gate.WaitForWork();
        if (pass == DeviceGate.Pass.Closed)
        {
            return false;
        }

        if (!_shared.Life.IsSuspended)
        {
            FormBatch(former, batch);
        }

        if (!Running.TryTakePairs(batch.Pairs, _shared.Engine.Cost.PredictMicroseconds(batch.Lengths)))
        {
            _shared.Source.ReturnPairsAndRescue(batch.Pairs);
            return false;
        }

        if (pass == DeviceGate.Pass.Turn)
        {
            return true;
        }

        executor.StageBatch(batch);
        if (_shared.Gate.WaitForTurn())
        {
            return true;
        }

        _shared.Source.ReturnPairsAndRescue(Running.AbandonAndTakePairs());
        return false;
    }

    // Between leaving the queue and entering the running batch, a pair is known to this thread alone.
    private void FormBatch(IBatchFormer former, Batch batch)
    {
        try
        {
            _shared.Source.FormOwnOrSiblingBatch(former, batch);
        }
        catch
        {
            // In this order: a queue that is still served would hand the pairs out again.
            _shared.DeviceLost("a lane of it crashed", null);
            _shared.Source.ReturnPairsAndRescue(batch.Pairs);
            throw;
        }
    }

    private void ExecuteBatchInTurn(BatchExecutor executor, Batch batch)
    {
        // Between forming and the turn some works may have ended; after this moment they cost device time.
        batch.RemoveEndedPairs();
        try
        {
            if (_shared.Suspension.TryBeginTrial())
            {
                // In the lane's own buffers: what was staged in them is gone.
                batch.IsStaged = false;
                executor.RunDeviceTrial();
            }

            if (batch.Count > 0 && !_shared.Life.IsSuspended)
            {
                _shared.Counter.AddBusy(executor.ExecuteBatch(batch, _shared.Counter.TakeBatchNumber(), _releaseTurn));
            }
        }
        catch (EngineException e)
        {
            ReportDeviceLoss(e.Message, e);
        }

        if (_shared.Life.IsSuspended)
        {
            _shared.Source.ReturnPairsAndRescue(Running.TakeUnsettledPairs());
        }
    }

    private void ReleaseTurn()
    {
        if (_hasTurn)
        {
            _hasTurn = false;
            _shared.Gate.ReleaseTurn();
        }
    }

    // Another lane may have lost the device a moment before, or the runner may be stopping: then nobody else puts back what
    // this lane holds, and it may belong to a sibling that can still run it.
    private void ReportDeviceLoss(string reason, Exception? error)
    {
        _shared.DeviceLost(reason, error);
        _shared.Source.ReturnPairsAndRescue(Running.AbandonAndTakePairs());
    }

    [LoggerMessage(InferenceEventIds.LaneCrashed, LogLevel.Critical, "Lane {Lane} crashed")]
    private static partial void LogCrashed(ILogger logger, Exception error, string lane);
}
