using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Logging;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>
/// Runs a lane's batches and settles every pair of them: a logit, or a failure that is its own. A batch that fails is
/// halved until the pair that breaks it is alone, or until it shows that it is the device that fails.
/// </summary>
internal sealed partial class BatchExecutor(LaneResources shared, IEngineLane lane, RunningBatch running)
{
    private readonly EngineDescription _engine = shared.Engine.Description;
    private readonly ICostModel _cost = shared.Engine.Cost;
    private readonly MonotonicClock _clock = shared.Clock;
    private readonly Suspension _suspension = shared.Suspension;
    private readonly bool _padded = shared.Engine.Cost is IPaddedCostModel;
    private readonly IStagingLane? _staging = lane as IStagingLane;
    private readonly DeviceTrial _trial = new(shared.Engine, lane, running);
    private long _busy;

    /// <summary>Lays out the batch's inputs while another lane has the device.</summary>
    public void StageBatch(Batch batch)
    {
        if (_staging is null || batch.Count == 0)
        {
            return;
        }

        try
        {
            _staging.Stage(batch.Ids);
            batch.IsStaged = true;
        }
        catch (Exception)
        {
            // The run will meet the same error, and handles it.
        }
    }

    /// <summary>
    /// Runs the batch. When it returns, its pairs are settled, were rescued, or are to be given back because the model is
    /// suspended.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Its number, for counting the batches of a work.</param>
    /// <param name="deviceIsFree">Called as soon as the batch needs the device no more, unless something failed.</param>
    /// <returns>Microseconds that the device was busy.</returns>
    /// <exception cref="EngineException">The device is lost; pairs that are not settled may be rescued.</exception>
    public long ExecuteBatch(Batch batch, long number, Action deviceIsFree)
    {
        var predicted = _cost.PredictMicroseconds(batch.Lengths);
        using var activity = BatchActivity.StartSpan(_engine, batch, _padded, predicted);
        _busy = 0;
        RunPart(batch, 0, batch.Count, number, isRetry: false, deviceIsFree);
        activity?.SetTag("real_us", _busy);
        return _busy;
    }

    /// <summary>Tries the device with a pair of the worker's own, and has the suspension begin, go on or end by what comes of it.</summary>
    /// <exception cref="EngineException">The device is lost.</exception>
    public void RunDeviceTrial()
    {
        if (_trial.TryRun(out var fault))
        {
            _suspension.SettleTrial(fault);
        }
    }

    private void RunPart(Batch batch, int start, int count, long number, bool isRetry, Action? deviceIsFree = null)
    {
        var lengths = batch.Lengths.Slice(start, count);
        var predicted = _cost.PredictMicroseconds(lengths);
        if (!running.TryBeginRun(predicted))
        {
            return;
        }

        var from = _clock.Now;
        if (TryRun(batch, start, count, isRetry) is { } error)
        {
            HandleRunFailure(batch, start, count, error);
            RunInHalves(batch, start, count, number, isRetry);
            return;
        }

        var took = (double)Math.Max(1, _clock.Now - from);
        if (!TrustLogitsOrRunTrial(batch.Logits.Slice(start, count)))
        {
            return;
        }

        // Before the scores are told, because the next batch waits for the device.
        deviceIsFree?.Invoke();
        _cost.ObserveRun(lengths, took);
        if (shared.Budget.TryGrow())
        {
            LogGrown(shared.Logger, _engine.ModelName, shared.Budget.MaxTokens);
        }

        var tokens = batch.CountTokens(start, count);
        WorkerMetrics.RecordRun(_engine, count, tokens, CountWithPadding(batch, start, count) - tokens, took, predicted);
        SettleScores(batch, start, count, number, from);
    }

    // Counts the time it takes as busy, also where it fails: what follows a failure is another run.
    private Exception? TryRun(Batch batch, int start, int count, bool isRetry)
    {
        var from = _clock.Now;
        try
        {
            // A place that the lane does not write stays NaN, which is no score.
            var logits = batch.Logits.Slice(start, count);
            logits.Fill(float.NaN);
            if (batch.IsStaged && !isRetry)
            {
                batch.IsStaged = false;
                _staging!.RunStaged(logits);
            }
            else
            {
                lane.Run(batch.Ids.Slice(start, count), logits);
            }

            return null;
        }
        catch (Exception e) when (e is not EngineException { Fault: EngineFault.DeviceLost })
        {
            return e;
        }
        finally
        {
            running.EndRun();
            _busy += _clock.Now - from;
        }
    }

    private void HandleRunFailure(Batch batch, int start, int count, Exception error)
    {
        var fault = (error as EngineException)?.Fault ?? EngineFault.Batch;
        WorkerMetrics.CountFailure(_engine, fault);
        if (shared.Failures.ShouldLog(out var more))
        {
            LogFailed(shared.Logger, error, _engine.ModelName, count, fault, more);
        }

        if (fault == EngineFault.OutOfMemory && count > 1 && shared.Budget.ShrinkAfter(CountWithPadding(batch, start, count)))
        {
            LogShrunk(shared.Logger, _engine.ModelName, shared.Budget.MaxTokens);
        }

        if (_suspension.TryBeginTrialAfterFailure())
        {
            RunDeviceTrial();
        }
    }

    private void RunInHalves(Batch batch, int start, int count, long number, bool isRetry)
    {
        if (count > 1)
        {
            // The second half first moves what is alive of it, and must not take from the first.
            var half = count / 2;
            RerunLivePairs(batch, start, half, number);
            RerunLivePairs(batch, start + half, count - half, number);
        }
        else if (!isRetry)
        {
            // The pair was alone from the beginning: a second run tells a passing fault from a pair that always fails.
            RerunLivePairs(batch, start, count, number);
        }
        else if (!shared.Life.IsSuspended && running.TryClaimPair(batch.Pairs[start]))
        {
            batch.Pairs[start].Owner.TryComplete(WorkOutcome.Failed, $"Inference failed for pair {batch.Pairs[start].Index}.");
        }
    }

    // Leaves out pairs whose work items ended meanwhile, and runs nothing on a device that fails every run.
    private void RerunLivePairs(Batch batch, int start, int count, long number)
    {
        var live = shared.Life.IsSuspended ? 0 : batch.MoveLiveFirst(start, count);
        if (live > 0)
        {
            RunPart(batch, start, live, number, isRetry: true);
        }
    }

    private void SettleScores(Batch batch, int start, int count, long number, long from)
    {
        var end = _clock.Now;
        for (var i = start; i < start + count; i++)
        {
            var pair = batch.Pairs[i];
            if (!running.TryClaimPair(pair))
            {
                continue;
            }

            pair.Owner.NoteRun(number, from, end);
            if (float.IsFinite(batch.Logits[i]))
            {
                pair.Owner.SetLogit(pair.Index, batch.Logits[i]);
            }
            else
            {
                pair.Owner.TryComplete(WorkOutcome.Failed, $"Inference gave no number for pair {pair.Index}.");
            }
        }
    }

    // A run without any number failed like one that threw. False when the device is to blame: its pairs go back then.
    private bool TrustLogitsOrRunTrial(ReadOnlySpan<float> logits)
    {
        foreach (var logit in logits)
        {
            if (float.IsFinite(logit))
            {
                _suspension.ResetFailures();
                return true;
            }
        }

        if (_suspension.TryBeginTrialAfterFailure())
        {
            RunDeviceTrial();
        }

        return !shared.Life.IsSuspended;
    }

    private long CountWithPadding(Batch batch, int start, int count)
        => _padded ? (long)batch.FindLongest(start, count) * count : batch.CountTokens(start, count);

    [LoggerMessage(
        InferenceEventIds.BatchFailed,
        LogLevel.Warning,
        "A batch of {Pairs} pairs of model {Model} failed ({Fault}); so did {More} others since the last one that was logged")]
    private static partial void LogFailed(ILogger logger, Exception error, string model, int pairs, EngineFault fault, long more);

    [LoggerMessage(
        InferenceEventIds.BatchBudgetShrunk, LogLevel.Warning, "Batches of model {Model} are limited to {Tokens} tokens: the device ran out of memory")]
    private static partial void LogShrunk(ILogger logger, string model, int tokens);

    [LoggerMessage(
        InferenceEventIds.BatchBudgetGrown, LogLevel.Information, "Batches of model {Model} may have {Tokens} tokens again: the device had enough memory for a while")]
    private static partial void LogGrown(ILogger logger, string model, int tokens);
}
