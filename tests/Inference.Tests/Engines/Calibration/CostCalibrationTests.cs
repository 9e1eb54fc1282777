using Microsoft.Extensions.Time.Testing;
using Reranker.Inference.Engines;
using Reranker.Inference.Engines.Calibration;
using Reranker.TestKit.Clocks;

namespace Reranker.Inference.Tests.Engines.Calibration;

public sealed class CostCalibrationTests
{
    private static readonly (int Rows, int Length)[] Shapes = [(1, 8), (2, 8), (1, 32), (2, 64)];

    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void Shapes_take_turns_and_the_fastest_timed_run_counts()
    {
        // A shape that is not the one before costs 10 µs more; the first round costs 1,000 µs more.
        using var lane = new Lane(_time, (runs, tokens, changed) => tokens + (changed ? 10 : 0) + (runs <= Shapes.Length ? 1000 : runs % 2));

        var points = CostCalibration.MeasureInTurns(lane, 100, Shapes, repetitions: 2, TimeSpan.FromSeconds(1), _time);

        Assert.Equal([.. Shapes, .. Shapes, .. Shapes], lane.Runs);
        Assert.Equal(Shapes, points.Select(p => (p.Rows, p.Length)));
        Assert.All(points, p => Assert.InRange(p.Microseconds - (p.Rows * p.Length) - 10, 0, 1));
    }

    [Fact]
    public void A_short_budget_leaves_out_the_largest_shapes_and_is_kept()
    {
        using var lane = new Lane(_time, (_, tokens, _) => 1000 * tokens);

        // One round of the first two takes 24 ms, of three 56 ms; three rounds of the latter do not fit.
        var points = CostCalibration.MeasureInTurns(lane, 100, Shapes, repetitions: 2, TimeSpan.FromMilliseconds(170), _time);
        Assert.Equal(Shapes[..3], points.Select(p => (p.Rows, p.Length)));

        Assert.Equal([(1, 8)], CostCalibration.MeasureInTurns(lane, 100, Shapes, 2, TimeSpan.Zero, _time).Select(p => (p.Rows, p.Length)));
    }

    private sealed class Lane(FakeTimeProvider time, Func<int, int, bool, double> microseconds) : IEngineLane
    {
        public List<(int Rows, int Length)> Runs { get; } = [];

        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            var shape = (pairs.Length, pairs[0].Length);
            var changed = Runs.Count == 0 || Runs[^1] != shape;
            Runs.Add(shape);
            time.Advance(TimeSpan.FromMicroseconds(microseconds(Runs.Count, shape.Item1 * shape.Item2, changed)));
        }

        public void Dispose()
        {
        }
    }
}
