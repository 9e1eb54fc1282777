using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Batching.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>
/// Runs a lane's batches and settles every pair of them: a logit, or a failure that is its own. A batch that fails is
/// halved until the pair that breaks it is alone, or until it shows that it is the device that fails.
/// </summary>
internal sealed partial class BatchExecutor(ModelRunner runner, IEngineLane lane, RunningBatch running, ILogger logger)
{
    private readonly IInferenceEngine _engine = runner.Engine;
    private readonly MonotonicClock _clock = runner.Clock;
    private readonly bool _padded = runner.Engine.Cost is IPaddedCostModel;
    private readonly IStagingLane? _staging = lane as IStagingLane;
    private readonly DeviceTrial _trial = new(runner.Engine, lane, running);
    private long _busy;

    /// <summary>Lays out the batch's inputs while another lane has the device.</summary>
    public void Stage(Batch batch)
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
            // Whatever it is: the run meets the same error, and knows what to do about it.
        }
    }

    /// <summary>
    /// Runs the batch. When it returns, its pairs are settled, were rescued, or are to be given back because the runner is
    /// suspended.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Its number, for counting the batches of a work.</param>
    /// <param name="deviceIsFree">Called as soon as the batch needs the device no more, unless something failed.</param>
    /// <returns>Microseconds that the device was busy.</returns>
    /// <exception cref="EngineException">The device is lost; pairs that are not settled may be rescued.</exception>
    public double Execute(Batch batch, long number, Action deviceIsFree)
    {
        var predicted = _engine.Cost.PredictMicroseconds(batch.Lengths);
        using var activity = BatchActivity.Start(_engine.Description, batch, _padded, predicted);
        _busy = 0;
        Run(batch, 0, batch.Count, number, isRetry: false, deviceIsFree);
        activity?.SetTag("real_us", _busy);
        return _busy;
    }

    /// <summary>Tries the device of a runner that is suspended, and tells the runner.</summary>
    /// <exception cref="EngineException">The device is lost.</exception>
    public void TryDevice()
    {
        if (_trial.TryRun(out var fault))
        {
            runner.Suspension.Settle(fault);
        }
    }

    private void Run(Batch batch, int start, int count, long number, bool isRetry, Action? deviceIsFree = null)
    {
        var lengths = batch.Lengths.Slice(start, count);
        var predicted = _engine.Cost.PredictMicroseconds(lengths);
        if (!running.Begin(predicted))
        {
            return;
        }

        var from = _clock.Now;
        if (TryRun(batch, start, count, isRetry) is { } error)
        {
            Divide(batch, start, count, number, isRetry, error);
            return;
        }

        var took = (double)Math.Max(1, _clock.Now - from);
        if (!IsTrusted(batch.Logits.Slice(start, count)))
        {
            return;
        }

        // Now, and not when the scores are told: the next batch waits for it.
        deviceIsFree?.Invoke();
        _engine.Cost.Observe(lengths, took);
        if (runner.Budget.TryGrow())
        {
            LogGrown(logger, _engine.Description.ModelName, runner.Budget.MaxTokens);
        }

        WorkerMetrics.Ran(_engine.Description, count, Sum(lengths), Size(lengths) - Sum(lengths), took, predicted);
        Settle(batch, start, count, number, from);
    }

    // The device is busy for as long as this takes: what follows a failure is another run.
    private Exception? TryRun(Batch batch, int start, int count, bool isRetry)
    {
        var from = _clock.Now;
        try
        {
            // Whatever the lane does not write is no score.
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
            running.End();
            _busy += _clock.Now - from;
        }
    }

    private void Divide(Batch batch, int start, int count, long number, bool isRetry, Exception error)
    {
        var fault = (error as EngineException)?.Fault ?? EngineFault.Batch;
        WorkerMetrics.Failed(_engine.Description, fault);
        if (runner.Failures.TryTake(out var more))
        {
            LogFailed(logger, error, _engine.Description.ModelName, count, fault, more);
        }

        if (fault == EngineFault.OutOfMemory && count > 1 && runner.Budget.Shrink(Size(batch.Lengths.Slice(start, count))))
        {
            LogShrunk(logger, _engine.Description.ModelName, runner.Budget.MaxTokens);
        }

        if (runner.Suspension.CountFailure())
        {
            TryDevice();
        }

        if (count > 1)
        {
            // The second half first moves what is alive of it, and must not take from the first.
            var half = count / 2;
            RunAgain(batch, start, half, number);
            RunAgain(batch, start + half, count - half, number);
        }
        else if (!isRetry)
        {
            // It was alone from the beginning: once more tells a passing fault from a pair that always fails.
            RunAgain(batch, start, count, number);
        }
        else if (!runner.Suspension.IsOn && running.Settle(batch.Pairs[start]))
        {
            batch.Pairs[start].Work.TryComplete(WorkOutcome.Failed, $"Inference failed for pair {batch.Pairs[start].Index}.");
        }
    }

    // Without the pairs of works that ended meanwhile, and not on a device that fails whatever it is given.
    private void RunAgain(Batch batch, int start, int count, long number)
    {
        var live = runner.Suspension.IsOn ? 0 : batch.MoveLiveFirst(start, count);
        if (live > 0)
        {
            Run(batch, start, live, number, isRetry: true);
        }
    }

    private void Settle(Batch batch, int start, int count, long number, long from)
    {
        var end = _clock.Now;
        for (var i = start; i < start + count; i++)
        {
            var pair = batch.Pairs[i];
            if (!running.Settle(pair))
            {
                continue;
            }

            pair.Work.NoteRun(number, from, end);
            if (float.IsFinite(batch.Logits[i]))
            {
                pair.Work.SetLogit(pair.Index, batch.Logits[i]);
            }
            else
            {
                pair.Work.TryComplete(WorkOutcome.Failed, $"Inference gave no number for pair {pair.Index}.");
            }
        }
    }

    // A run without any number failed like one that threw. False when the device is to blame: its pairs go back then.
    private bool IsTrusted(ReadOnlySpan<float> logits)
    {
        foreach (var logit in logits)
        {
            if (float.IsFinite(logit))
            {
                runner.Suspension.CountScore();
                return true;
            }
        }

        if (runner.Suspension.CountFailure())
        {
            TryDevice();
        }

        return !runner.Suspension.IsOn;
    }

    private static long Sum(ReadOnlySpan<int> lengths)
    {
        long tokens = 0;
        foreach (var length in lengths)
        {
            tokens += length;
        }

        return tokens;
    }

    private long Size(ReadOnlySpan<int> lengths)
    {
        var longest = 0;
        foreach (var length in lengths)
        {
            longest = Math.Max(longest, length);
        }

        return _padded ? (long)longest * lengths.Length : Sum(lengths);
    }

    [LoggerMessage(
        EventIds.BatchFailed,
        LogLevel.Warning,
        "A batch of {Pairs} pairs of model {Model} failed ({Fault}); so did {More} others since the last one that was logged")]
    private static partial void LogFailed(ILogger logger, Exception error, string model, int pairs, EngineFault fault, long more);

    [LoggerMessage(
        EventIds.BatchBudgetShrunk, LogLevel.Warning, "Batches of model {Model} are limited to {Tokens} tokens: the device ran out of memory")]
    private static partial void LogShrunk(ILogger logger, string model, int tokens);

    [LoggerMessage(
        EventIds.BatchBudgetGrown, LogLevel.Information, "Batches of model {Model} may have {Tokens} tokens again: the device had enough memory for a while")]
    private static partial void LogGrown(ILogger logger, string model, int tokens);
}
