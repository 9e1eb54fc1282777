using Reranker.Inference.Engines;

namespace Reranker.Inference.Batching.Costs;

/// <summary>Measures uniform batches on a lane, smallest first, until the grid or the time is used up.</summary>
internal static class CostCalibration
{
    // An id that every vocabulary has; which token it is does not change the time.
    private const int AnyToken = 3;

    /// <param name="lane">The lane.</param>
    /// <param name="shapes">Rows and length of each batch, in the order of measuring.</param>
    /// <param name="repetitions">Timed runs of each shape, after one that is not.</param>
    /// <param name="budget">Most time; the first shape is measured whatever it takes.</param>
    /// <param name="time">The clock.</param>
    public static IReadOnlyList<CostPoint> Measure(
        IEngineLane lane, IEnumerable<(int Rows, int Length)> shapes, int repetitions, TimeSpan budget, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var points = new List<CostPoint>();
        double perToken = 0;
        foreach (var (rows, length) in shapes)
        {
            // Attention makes long pairs dearer than in proportion; 2 leaves room for it.
            var expected = TimeSpan.FromMicroseconds(2 * perToken * rows * length * (repetitions + 1));
            if (points.Count > 0 && time.GetElapsedTime(start) + expected > budget)
            {
                break;
            }

            var median = MedianOf(lane, rows, length, repetitions, time);
            points.Add(new CostPoint(rows, length, median));
            perToken = median / ((double)rows * length);
        }

        return points;
    }

    private static double MedianOf(IEngineLane lane, int rows, int length, int repetitions, TimeProvider time)
    {
        var ids = new int[length];
        ids.AsSpan().Fill(AnyToken);
        ids[0] = 0;
        var pairs = new ReadOnlyMemory<int>[rows];
        Array.Fill(pairs, ids);
        var logits = new float[rows];
        lane.Run(pairs, logits);

        var samples = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            var start = time.GetTimestamp();
            lane.Run(pairs, logits);
            samples[i] = Math.Max(1, time.GetElapsedTime(start).TotalMicroseconds);
        }

        Array.Sort(samples);
        return samples[repetitions / 2];
    }
}
