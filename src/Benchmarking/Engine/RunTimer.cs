using Reranker.Inference.Engines;

namespace Reranker.Benchmarking.Engine;

/// <summary>Times runs one by one, so that a slow shape shows which of its runs was slow or badly predicted.</summary>
internal static class RunTimer
{
    private const int Repetitions = 5;

    /// <summary>Microseconds of each run, one after another.</summary>
    public static double[] TimeRuns(IEngineLane lane, IReadOnlyList<ReadOnlyMemory<int>[]> runs, TimeProvider time)
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

    /// <summary>What each run holds, should cost and takes, as median of several rounds.</summary>
    public static IReadOnlyList<MeasuredRun> MeasureAgainstPrediction(
        IInferenceEngine engine, IEngineLane lane, IReadOnlyList<ReadOnlyMemory<int>[]> runs, TimeProvider time)
    {
        var predicted = runs.Select(run => engine.Cost.PredictMicroseconds([.. run.Select(p => p.Length)])).ToArray();
        var rounds = Enumerable.Range(0, Repetitions).Select(_ => TimeRuns(lane, runs, time)).ToArray();
        return [.. runs.Select((run, i) => new MeasuredRun(
            run.Length,
            run.Max(p => p.Length),
            run.Sum(p => p.Length),
            ToMilliseconds(predicted[i]),
            ToMilliseconds(FindMedian(rounds.Select(r => r[i]))),
            ToMilliseconds(FindMedian(TimeRuns(lane, [.. Enumerable.Repeat(run, Repetitions)], time)))))];
    }

    private static double FindMedian(IEnumerable<double> values) => values.Order().ElementAt(Repetitions / 2);

    private static double ToMilliseconds(double microseconds) => Math.Round(microseconds / 1e3, 3);
}
