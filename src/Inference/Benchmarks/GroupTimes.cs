using Reranker.Inference.Engines;

namespace Reranker.Inference.Benchmarks;

/// <summary>Times every run of a shape by itself, so that a slow shape shows which of its groups was slow or badly predicted.</summary>
internal static class GroupTimes
{
    private const int Repetitions = 5;

    public static IReadOnlyList<BenchmarkGroup> Of(
        IInferenceEngine engine, IEngineLane lane, IReadOnlyList<ReadOnlyMemory<int>[]> runs, TimeProvider time)
    {
        var predicted = runs.Select(run => engine.Cost.PredictMicroseconds([.. run.Select(p => p.Length)])).ToArray();
        var rounds = Enumerable.Range(0, Repetitions).Select(_ => RunTimes.Of(lane, runs, time)).ToArray();
        return [.. runs.Select((run, i) => new BenchmarkGroup(
            run.Length,
            run.Max(p => p.Length),
            run.Sum(p => p.Length),
            Milliseconds(predicted[i]),
            Milliseconds(Median(rounds.Select(r => r[i]))),
            Milliseconds(Median(RunTimes.Of(lane, [.. Enumerable.Repeat(run, Repetitions)], time)))))];
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Repetitions / 2);

    private static double Milliseconds(double microseconds) => Math.Round(microseconds / 1e3, 3);
}
