using Reranker.Inference.Engines;

namespace Reranker.Inference.Batching.Costs;

/// <summary>Measures uniform batches on a lane, smallest first, until the grid or the time is used up.</summary>
internal static class CostCalibration
{
    private const int Seed = 1;

    /// <param name="lane">The lane.</param>
    /// <param name="vocabulary">
    /// Size of the vocabulary. Ids are random: a GPU multiplies equal numbers with less power and a higher clock than those of
    /// a real batch, and would be measured too fast.
    /// </param>
    /// <param name="shapes">Rows and length of each batch, in the order of measuring.</param>
    /// <param name="repetitions">Timed runs of each shape, after one that is not.</param>
    /// <param name="budget">Most time; the first shape is measured whatever it takes.</param>
    /// <param name="time">The clock.</param>
    public static IReadOnlyList<CostPoint> Measure(
        IEngineLane lane, int vocabulary, IEnumerable<(int Rows, int Length)> shapes, int repetitions, TimeSpan budget, TimeProvider time)
    {
        var random = new Random(Seed);
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

            ReadOnlyMemory<int>[] pairs = [.. Enumerable.Range(0, rows).Select(_ => Pair(random, vocabulary, length))];
            var median = MedianOf(lane, pairs, repetitions, time);
            points.Add(new CostPoint(rows, length, median));
            perToken = median / ((double)rows * length);
        }

        return points;
    }

    private static ReadOnlyMemory<int> Pair(Random random, int vocabulary, int length)
    {
        var ids = new int[length];
        foreach (ref var id in ids.AsSpan(1))
        {
            id = random.Next(vocabulary);
        }

        return ids;
    }

    private static double MedianOf(IEngineLane lane, ReadOnlyMemory<int>[] pairs, int repetitions, TimeProvider time)
    {
        var logits = new float[pairs.Length];
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
