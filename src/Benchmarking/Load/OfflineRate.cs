using System.Runtime.ExceptionServices;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;

namespace Reranker.Benchmarking.Load;

/// <summary>
/// What an engine does when all pairs are there from the beginning and nobody waits: the mark for everything that has to take
/// them as they come. Runs are as large as a budget of tokens allows; the best budget counts.
/// </summary>
internal static class OfflineRate
{
    private const int MinBudget = 1024;

    /// <summary>Measures every budget: powers of two up to the engine's own limit, and that.</summary>
    public static IReadOnlyList<OfflineRow> MeasureRates(IInferenceEngine engine, ReadOnlyMemory<int>[] pairs, double seconds, TimeProvider time)
    {
        var d = engine.Description;
        var lanes = Enumerable.Range(0, d.Lanes).Select(_ => engine.CreateLane()).ToArray();
        try
        {
            var budgets = new SortedSet<int> { d.MaxBatchTokens };
            for (var budget = MinBudget; budget < d.MaxBatchTokens; budget *= 2)
            {
                budgets.Add(budget);
            }

            return [.. budgets.Select(b => MeasureRates(engine, lanes, pairs, b, seconds, time))];
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane.Dispose();
            }
        }
    }

    private static OfflineRow MeasureRates(
        IInferenceEngine engine, IEngineLane[] lanes, ReadOnlyMemory<int>[] pairs, int budget, double seconds, TimeProvider time)
    {
        var runs = OfflineBatches.Split(engine, pairs, budget);
        WarmUp(lanes[0], runs, seconds, time);
        var start = time.GetTimestamp();
        var passes = 0;
        do
        {
            RunOnce(lanes, runs);
            passes++;
        }
        while (time.GetElapsedTime(start).TotalSeconds < seconds);

        return new OfflineRow(budget, runs.Count, (double)passes * pairs.Length / time.GetElapsedTime(start).TotalSeconds);
    }

    // A shape's first run may choose kernels and grow memory.
    private static void WarmUp(IEngineLane lane, IReadOnlyList<ReadOnlyMemory<int>[]> runs, double seconds, TimeProvider time)
    {
        var start = time.GetTimestamp();
        for (var i = 0; i < runs.Count && time.GetElapsedTime(start).TotalSeconds < seconds; i++)
        {
            lane.Run(runs[i], new float[runs[i].Length]);
        }
    }

    private static void RunOnce(IEngineLane[] lanes, IReadOnlyList<ReadOnlyMemory<int>[]> runs)
    {
        var next = -1;
        Exception? failure = null;
        void Work(IEngineLane lane)
        {
            try
            {
                for (int i; (i = Interlocked.Increment(ref next)) < runs.Count;)
                {
                    lane.Run(runs[i], new float[runs[i].Length]);
                }
            }
            catch (EngineException e)
            {
                // On a thread of its own nobody would catch it, and the process would end.
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }

        var others = lanes[1..].Select(lane => new Thread(() => Work(lane))).ToArray();
        foreach (var thread in others)
        {
            thread.Start();
        }

        Work(lanes[0]);
        foreach (var thread in others)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
