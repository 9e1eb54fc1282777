using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>The time of each of several runs, one after another.</summary>
internal static class RunTimes
{
    /// <summary>Microseconds of each run.</summary>
    public static double[] Of(IEngineLane lane, IReadOnlyList<ReadOnlyMemory<int>[]> runs, TimeProvider time)
    {
        var logits = new float[runs.Max(r => r.Length)];
        var times = new double[runs.Count];
        for (var i = 0; i < times.Length; i++)
        {
            var start = time.GetTimestamp();
            lane.Run(runs[i], logits.AsSpan(0, runs[i].Length));
            times[i] = time.GetElapsedTime(start).TotalMicroseconds;
        }

        return times;
    }
}
