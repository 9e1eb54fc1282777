using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Batching.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Telemetry;

namespace Reranker.Inference.Workers;

/// <summary>
/// Runs a lane's batches and settles every pair of them: a logit, or a failure that is its own. A batch that fails is
/// halved until the pair that breaks it is alone.
/// </summary>
internal sealed partial class BatchExecutor(
    IInferenceEngine engine, IEngineLane lane, RunningBatch running, BatchBudget budget, MonotonicClock clock, ILogger logger)
{
    private readonly bool _padded = engine.Cost is IPaddedCostModel;
    private readonly IStagingLane? _staging = lane as IStagingLane;
    private int _staged;
    private long _busy;

    /// <summary>Lays out the batch's inputs while another lane has the device.</summary>
    public void Stage(Batch batch)
    {
        _staged = 0;
        if (_staging is null || batch.Count == 0)
        {
            return;
        }

        try
        {
            _staging.Stage(batch.Ids);
            _staged = batch.Count;
        }
        catch (EngineException)
        {
            // The run meets the same error, and knows what to do about it.
        }
    }

    /// <summary>Runs the batch. When it returns, its pairs are settled or were rescued.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="number">Its number, for counting the batches of a work.</param>
    /// <param name="deviceIsFree">Called as soon as the batch needs the device no more, unless something failed.</param>
    /// <returns>Microseconds that the device was busy.</returns>
    /// <exception cref="EngineException">The device is lost; pairs that are not settled may be rescued.</exception>
    public double Execute(Batch batch, long number, Action deviceIsFree)
    {
        var predicted = engine.Cost.PredictMicroseconds(batch.Lengths);
        using var activity = BatchActivity.Start(engine.Description, batch, _padded, predicted);
        _busy = 0;
        Run(batch, 0, batch.Count, number, isRetry: false, deviceIsFree);
        activity?.SetTag("real_us", _busy);
        return _busy;
    }

    private void Run(Batch batch, int start, int count, long number, bool isRetry, Action? deviceIsFree = null)
    {
        var lengths = batch.Lengths.Slice(start, count);
        var logits = batch.Logits.Slice(start, count);
        var predicted = engine.Cost.PredictMicroseconds(lengths);
        if (!running.Begin(predicted))
        {
            return;
        }

        var from = clock.Now;
        try
        {
            // Whatever the lane does not write is no score.
            logits.Fill(float.NaN);
            RunOnDevice(batch.Ids.Slice(start, count), logits, isRetry);
        }
        catch (Exception e) when (e is not EngineException { Fault: EngineFault.DeviceLost })
        {
            running.End();
            Divide(batch, start, count, number, isRetry, e);
            return;
        }
        finally
        {
            running.End();
            _busy += clock.Now - from;
        }

        // Now, and not when the scores are told: the next batch waits for it.
        var took = (double)Math.Max(1, clock.Now - from);
        deviceIsFree?.Invoke();
        engine.Cost.Observe(lengths, took);
        if (budget.TryGrow())
        {
            LogGrown(logger, engine.Description.ModelName, budget.MaxTokens);
        }

        Report(lengths, took, predicted);
        Settle(batch, start, count, number, from);
    }

    // What was staged is the whole batch as it was formed: after a failure, or without pairs that ended since, it is another.
    private void RunOnDevice(ReadOnlySpan<ReadOnlyMemory<int>> ids, Span<float> logits, bool isRetry)
    {
        var staged = _staged == ids.Length && !isRetry;
        _staged = 0;
        if (staged)
        {
            _staging!.RunStaged(logits);
        }
        else
        {
            lane.Run(ids, logits);
        }
    }

    private void Divide(Batch batch, int start, int count, long number, bool isRetry, Exception error)
    {
        var fault = (error as EngineException)?.Fault ?? EngineFault.Batch;
        WorkerMetrics.Failed(engine.Description, fault);
        LogFailed(logger, error, engine.Description.ModelName, count, fault);
        if (fault == EngineFault.OutOfMemory && count > 1 && budget.Shrink(Size(batch.Lengths.Slice(start, count))))
        {
            LogShrunk(logger, engine.Description.ModelName, budget.MaxTokens);
        }

        if (count > 1)
        {
            var half = count / 2;
            Run(batch, start, half, number, isRetry: true);
            Run(batch, start + half, count - half, number, isRetry: true);
        }
        else if (!isRetry)
        {
            // It was alone from the beginning: once more tells a passing fault from a pair that always fails.
            Run(batch, start, count, number, isRetry: true);
        }
        else if (running.Settle(batch.Pairs[start]))
        {
            batch.Pairs[start].Work.TryComplete(WorkOutcome.Failed, $"Inference failed for pair {batch.Pairs[start].Index}.");
        }
    }

    private void Settle(Batch batch, int start, int count, long number, long from)
    {
        var end = clock.Now;
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

    private void Report(ReadOnlySpan<int> lengths, double took, double predicted)
    {
        long tokens = 0;
        foreach (var length in lengths)
        {
            tokens += length;
        }

        WorkerMetrics.Ran(engine.Description, lengths.Length, tokens, Size(lengths) - tokens, took, predicted);
    }

    private long Size(ReadOnlySpan<int> lengths)
    {
        long tokens = 0;
        var longest = 0;
        foreach (var length in lengths)
        {
            tokens += length;
            longest = Math.Max(longest, length);
        }

        return _padded ? (long)longest * lengths.Length : tokens;
    }

    [LoggerMessage(EventIds.BatchFailed, LogLevel.Warning, "A batch of {Pairs} pairs of model {Model} failed ({Fault})")]
    private static partial void LogFailed(ILogger logger, Exception error, string model, int pairs, EngineFault fault);

    [LoggerMessage(
        EventIds.BatchBudgetShrunk, LogLevel.Warning, "Batches of model {Model} are limited to {Tokens} tokens: the device ran out of memory")]
    private static partial void LogShrunk(ILogger logger, string model, int tokens);

    [LoggerMessage(
        EventIds.BatchBudgetGrown, LogLevel.Information, "Batches of model {Model} may have {Tokens} tokens again: the device had enough memory for a while")]
    private static partial void LogGrown(ILogger logger, string model, int tokens);
}
