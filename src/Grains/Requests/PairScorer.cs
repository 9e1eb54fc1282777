using Microsoft.Extensions.Options;
using Reranker.Attempts;
using Reranker.Grains.Caching;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Primitives;
using Reranker.Grains.Telemetry;
using Reranker.Grains.Wire;
using Reranker.Inference.Tokenization;
using Reranker.Requests;

namespace Reranker.Grains.Requests;

/// <summary>Scores the pairs of one request with one model: from the cache what it knows, the rest on workers.</summary>
internal sealed class PairScorer(
    WorkerChooser chooser, SubBatchDispatcher dispatcher, ScoreCache cache, RandomSource random, IOptions<DispatchOptions> options)
{
    // Sorting and summing this many pairs takes about 0.2 ms; more leave the grain's turn.
    private const int LargePlan = 2_000;

    // A key takes 1 to 3 microseconds.
    private const int ManyKeys = 200;

    /// <summary>Scores every pair, or says why not.</summary>
    public async Task<PairScores> ScorePairsAsync(PairWork work, CancellationToken stop)
    {
        if (!cache.IsOn)
        {
            return await SendToWorkersAsync(work, stop);
        }

        var pairs = work.Pairs;
        var keys = pairs.PassageIds.Length > ManyKeys ? await Task.Run(Keys, stop) : Keys();
        var logits = new float[keys.Length];
        var missing = cache.FillCachedLogits(keys, logits);
        var cached = CountTokens(pairs) - missing.Sum(i => (long)pairs.CountPairTokens(i));
        if (missing.Length == 0)
        {
            return new PairScores(RerankOutcome.Ok) { Logits = logits, CachedTokens = cached };
        }

        work.Filled?.Invoke(FindCached(missing, logits, out var known), known);
        var sent = await SendToWorkersAsync(work.SelectPairs(missing), stop);
        if (sent.Outcome == RerankOutcome.Ok)
        {
            for (var i = 0; i < missing.Length; i++)
            {
                logits[missing[i]] = sent.Logits[i];
            }

            cache.KeepLogits(keys, missing, logits);
        }

        return sent with { Logits = logits, CachedTokens = cached };

        ScoreKey[] Keys() => ScoreCache.ComputeKeys(work.Model.Identity, pairs);
    }

    private async Task<PairScores> SendToWorkersAsync(PairWork work, CancellationToken stop)
    {
        var (model, pairs) = (work.Model, work.Pairs);
        var workers = chooser.FindEligible(model.Identity);
        if (workers.Length == 0)
        {
            // It had workers when it was resolved. If they are gone for good, resolving again says so.
            return new PairScores(RerankOutcome.UnknownModel);
        }

        var bytesPerId = PairPacking.FindBytesPerId(model.Manifest.Shape.Vocabulary);
        var plan = await CreatePlanAsync(work, bytesPerId, workers);
        if (FindExcess(model.Identity, plan, workers, work.Deadline) is { } excess)
        {
            return new PairScores(RerankOutcome.Busy) { Excess = excess };
        }

        var job = new DispatchJob(Guid.NewGuid(), work.Tenant, model.Identity, pairs, bytesPerId, plan, workers, work.Deadline, work.Filled)
        {
            Priority = work.Priority,
        };
        var outcome = await dispatcher.RunAsync(job, stop);
        return new PairScores(outcome)
        {
            Logits = outcome == RerankOutcome.Ok ? job.Slots.GetCompleteLogits() : [],
            SentTokens = plan.SubBatches.Sum(s => s.Tokens),
            WorkerMicroseconds = job.Slots.WorkerMicroseconds,
            Timings = new RerankTimings
            {
                QueueMicroseconds = job.Slots.QueueMicroseconds,
                InferenceMicroseconds = job.Slots.InferenceMicroseconds,
                SubBatches = plan.SubBatches.Length,
            },
        };
    }

    // The pairs that are not missing, and their logits.
    private static int[] FindCached(int[] missing, float[] logits, out float[] known)
    {
        int[] indexes = [.. Enumerable.Range(0, logits.Length).Except(missing)];
        known = Array.ConvertAll(indexes, i => logits[i]);
        return indexes;
    }

    private async Task<DispatchPlan> CreatePlanAsync(PairWork work, byte bytesPerId, FleetWorker[] workers)
    {
        using var activity = GrainsTelemetry.Source.StartActivity("plan");
        var candidates = Array.ConvertAll(workers, worker => chooser.CreateCandidate(worker, work.Model.Identity));
        var plan = work.Pairs.PassageIds.Length > LargePlan ? await Task.Run(Create) : Create();
        DispatchMetrics.CountPlan(plan.SubBatches.Length, plan.Workers);
        activity?.SetTag("reranker.candidates", workers.Length)
            .SetTag("reranker.sub_batches", plan.SubBatches.Length)
            .SetTag("reranker.workers", plan.Workers)
            .SetTag("reranker.expected_ms", plan.ExpectedSeconds * 1000);
        return plan;

        DispatchPlan Create() => SubBatchPlanner.CreatePlan(
            PairSizes.FromTokenized(work.Pairs, bytesPerId), candidates, options.Value, random, inParts: work.Filled is not null);
    }

    // A refusal now is worth more to the caller than an expiry later. But only the rates of measured workers are certain enough, and
    // queues do not count: only the worker knows what goes before a request, and one tenant's long queue must not refuse others.
    private static TimeSpan? FindExcess(string identity, DispatchPlan plan, FleetWorker[] workers, Deadline deadline)
    {
        var least = TimeSpan.FromSeconds(Math.Min(plan.MinSeconds, Limits.MaxDeadline.TotalSeconds * 10));
        var remaining = deadline.Remaining;
        return least <= remaining || Array.Exists(plan.SubBatches, s => !workers[s.Candidate].Estimate.GetModel(identity).IsMeasured)
            ? null
            : least - remaining;
    }

    private static long CountTokens(TokenizedRequest pairs)
    {
        long tokens = 0;
        for (var i = 0; i < pairs.PassageIds.Length; i++)
        {
            tokens += pairs.CountPairTokens(i);
        }

        return tokens;
    }
}
