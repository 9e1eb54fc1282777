using Reranker.Grains.Primitives;
using Reranker.Grains.Wire;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// Splits a request over workers so that the expected time of its last part is smallest.
/// </summary>
/// <remarks>
/// For every number of parts k, 2k workers are sampled, the local ones join them, and the k that would finish soonest are
/// filled to one common finish time ("water-filling": the level T at which the sum of (T - start) x rate equals the work). Sampling keeps silos
/// that see the same picture from choosing the same workers, as in the power of two choices (Mitzenmacher, 2001).
/// Parts are consecutive in the order of length, so that pairs of a batch are of like length. The workers of a plan end at one moment;
/// for a caller who is told scores before all are known each worker's part is cut further.
/// </remarks>
internal static class SubBatchPlanner
{
    // Each is a message of its own, with the query in it.
    private const int MaxPartsOfShare = 16;

    /// <summary>Plans a request over the candidates, of which there is at least one.</summary>
    /// <param name="work">The request.</param>
    /// <param name="candidates">Who may take it.</param>
    /// <param name="options">How it is split.</param>
    /// <param name="random">Draws the samples.</param>
    /// <param name="inParts">Whether a worker's share is cut further, for a caller who is told scores as sub-batches end.</param>
    public static DispatchPlan CreatePlan(
        PairSizes work, ReadOnlySpan<WorkerCandidate> candidates, DispatchOptions options, RandomSource random, bool inParts = false)
    {
        var order = OrderByLength(work.PairTokens);
        var tokensBefore = SumTokensBefore(work.PairTokens, order);
        var sample = SampleCandidates(candidates, 2L * Math.Min(options.MaxFanOut, order.Length), random, out var locals);

        var best = SplitOverWorkers(1, sample, locals, candidates, tokensBefore, options);
        for (var parts = 2; parts <= Math.Min(options.MaxFanOut, Math.Min(sample.Length, order.Length)); parts++)
        {
            var split = SplitOverWorkers(parts, sample, locals, candidates, tokensBefore, options);
            if (split.Expected < best.Expected * (1 - options.MinGain))
            {
                best = split;
            }
        }

        return CutIntoMessages(best, work, order, tokensBefore, candidates, inParts ? options.PartTime.TotalSeconds : double.PositiveInfinity);
    }

    private static int[] OrderByLength(int[] pairTokens)
    {
        var keys = new int[pairTokens.Length];
        var order = new int[pairTokens.Length];
        for (var i = 0; i < order.Length; i++)
        {
            (keys[i], order[i]) = (-pairTokens[i], i);
        }

        Array.Sort(keys, order);
        return order;
    }

    private static long[] SumTokensBefore(int[] pairTokens, int[] order)
    {
        var before = new long[order.Length + 1];
        for (var i = 0; i < order.Length; i++)
        {
            before[i + 1] = before[i] + pairTokens[order[i]];
        }

        return before;
    }

    // The local ones, and so many others by chance.
    private static int[] SampleCandidates(ReadOnlySpan<WorkerCandidate> candidates, long wantedRemotes, RandomSource random, out int locals)
    {
        var all = new int[candidates.Length];
        locals = 0;
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = i;
            if (candidates[i].IsLocal)
            {
                (all[locals], all[i]) = (i, all[locals]);
                locals++;
            }
        }

        var count = (int)Math.Min(all.Length, locals + wantedRemotes);
        for (var i = locals; i < count; i++)
        {
            var other = i + random.Next(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return all[..count];
    }

    private static Assignment SplitOverWorkers(
        int parts, int[] sample, int locals, ReadOnlySpan<WorkerCandidate> candidates, long[] tokensBefore, DispatchOptions options)
    {
        var passages = tokensBefore.Length - 1;
        var tokens = tokensBefore[passages];
        var chosen = sample[..Math.Min(sample.Length, locals + (2 * parts))];
        var keys = new double[chosen.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            // An equal share's finish counts slow workers as later.
            keys[i] = candidates[chosen[i]].EstimateFinish((double)tokens / parts);
        }

        Array.Sort(keys, chosen);
        chosen = chosen[..Math.Min(parts, chosen.Length)];
        for (var i = 0; i < chosen.Length; i++)
        {
            keys[i] = candidates[chosen[i]].StartSeconds;
        }

        Array.Sort(keys, chosen, 0, chosen.Length);
        var level = FindCommonFinishSeconds(chosen, candidates, tokens, options.MinSubBatchTime.TotalSeconds, out var used);
        return AssignPassages(chosen.AsSpan(0, used), candidates, tokensBefore, level);
    }

    // Drops those from the end that would start too late for a part worth its overhead.
    private static double FindCommonFinishSeconds(int[] chosen, ReadOnlySpan<WorkerCandidate> candidates, long tokens, double minBusySeconds, out int used)
    {
        for (used = chosen.Length; ; used--)
        {
            double rates = 0, offset = 0;
            for (var i = 0; i < used; i++)
            {
                var candidate = candidates[chosen[i]];
                rates += candidate.TokensPerSecond;
                offset += candidate.StartSeconds * candidate.TokensPerSecond;
            }

            var level = (tokens + offset) / rates;
            if (used == 1 || level - candidates[chosen[used - 1]].StartSeconds >= minBusySeconds)
            {
                return level;
            }
        }
    }

    // Cuts the passages in their order of length where the shares end.
    private static Assignment AssignPassages(ReadOnlySpan<int> chosen, ReadOnlySpan<WorkerCandidate> candidates, long[] tokensBefore, double finishSeconds)
    {
        var passages = tokensBefore.Length - 1;
        var shares = new List<PassageRange>(chosen.Length);
        double wanted = 0, expected = 0;
        var from = 0;
        for (var i = 0; i < chosen.Length && from < passages; i++)
        {
            var candidate = candidates[chosen[i]];
            wanted += (finishSeconds - candidate.StartSeconds) * candidate.TokensPerSecond;
            var to = i == chosen.Length - 1 ? passages : FindNearestCut(tokensBefore, wanted, from);
            if (to > from)
            {
                shares.Add(new PassageRange(chosen[i], from, to));
                expected = Math.Max(expected, candidate.EstimateFinish(tokensBefore[to] - tokensBefore[from]));
                from = to;
            }
        }

        return new Assignment(shares, expected);
    }

    private static int FindNearestCut(long[] tokensBefore, double wantedTokens, int from)
    {
        var at = Array.BinarySearch(tokensBefore, from, tokensBefore.Length - from, (long)wantedTokens);
        if (at >= 0)
        {
            return at;
        }

        var above = Math.Min(~at, tokensBefore.Length - 1);
        return above > from && wantedTokens - tokensBefore[above - 1] <= tokensBefore[above] - wantedTokens ? above - 1 : above;
    }

    // One message holds no more than the wire allows, so a large share becomes several sub-batches of its worker.
    private static DispatchPlan CutIntoMessages(
        Assignment assignment, PairSizes work, int[] order, long[] tokensBefore, ReadOnlySpan<WorkerCandidate> candidates, double partSeconds)
    {
        var subBatches = new List<SubBatch>(assignment.Shares.Count);
        double least = 0;
        foreach (var share in assignment.Shares)
        {
            var rate = candidates[share.Candidate].TokensPerSecond;
            var seconds = (tokensBefore[share.To] - tokensBefore[share.From]) / rate;
            var maxTokens = Math.Min(rate * Math.Max(partSeconds, seconds / MaxPartsOfShare), PairPacking.MaxJoinedTokens);
            least = Math.Max(least, seconds);
            var start = share.From;
            while (start < share.To)
            {
                var end = FindMessageEnd(work, order, start, share.To, maxTokens);
                subBatches.Add(new SubBatch(
                    subBatches.Count,
                    share.Candidate,
                    order[start..end],
                    tokensBefore[end] - tokensBefore[start],
                    candidates[share.Candidate].EstimateFinish(tokensBefore[end] - tokensBefore[share.From])));
                start = end;
            }
        }

        return new DispatchPlan([.. subBatches], assignment.Expected, least, assignment.Shares.Count);
    }

    private static int FindMessageEnd(PairSizes work, int[] order, int start, int limit, double maxTokens)
    {
        long bytes = (long)work.QueryTokens * work.BytesPerId, tokens = 0;
        for (var end = start; end < limit; end++)
        {
            bytes += (long)work.PassageTokens[order[end]] * work.BytesPerId;
            tokens += work.PairTokens[order[end]];
            if (end > start && (bytes > Limits.MaxScoreRequestBytes || tokens > maxTokens))
            {
                return end;
            }
        }

        return limit;
    }

    private readonly record struct PassageRange(int Candidate, int From, int To);

    private sealed record Assignment(List<PassageRange> Shares, double Expected);
}
