using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Calibration;

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
    public static IReadOnlyList<CostPoint> MeasureCosts(
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

            var median = MeasureMedian(lane, new UniformBatch(random, vocabulary, rows, length), repetitions, time);
            points.Add(new CostPoint(rows, length, median));
            perToken = median / ((double)rows * length);
        }

        return points;
    }

    /// <summary>
    /// Measures like <see cref="MeasureCosts"/>, but never one shape twice in a row: a runtime that prepares its kernels for a shape
    /// does so at nearly every batch of real work, whose lengths differ, and a repeated shape would hide what that costs.
    /// </summary>
    /// <param name="lane">The lane.</param>
    /// <param name="vocabulary">As there.</param>
    /// <param name="shapes">Rows and length of each batch, smallest first: a short budget leaves out the largest.</param>
    /// <param name="repetitions">Timed rounds over all shapes, after one that warms up; the fastest counts.</param>
    /// <param name="budget">Most time; the first shape is measured whatever it takes.</param>
    /// <param name="time">The clock.</param>
    public static IReadOnlyList<CostPoint> MeasureInTurns(
        IEngineLane lane, int vocabulary, IEnumerable<(int Rows, int Length)> shapes, int repetitions, TimeSpan budget, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var random = new Random(Seed);
        var batches = new List<UniformBatch>();
        double last = 0;
        foreach (var (rows, length) in shapes)
        {
            // What is run once is run in every round.
            if (batches is [.., var before])
            {
                var expected = TimeSpan.FromMicroseconds(last * Math.Max(1, (double)rows * length / before.Tokens));
                if ((time.GetElapsedTime(start) + expected) * (repetitions + 1) > budget)
                {
                    break;
                }
            }

            var batch = new UniformBatch(random, vocabulary, rows, length);
            last = batch.TimeRun(lane, time);
            batches.Add(batch);
        }

        var best = new double[batches.Count];
        Array.Fill(best, double.PositiveInfinity);
        for (var round = 0; round < repetitions; round++)
        {
            for (var i = 0; i < best.Length; i++)
            {
                best[i] = Math.Min(best[i], batches[i].TimeRun(lane, time));
            }
        }

        return [.. batches.Select((b, i) => new CostPoint(b.Rows, b.Length, best[i]))];
    }

    private static double MeasureMedian(IEngineLane lane, UniformBatch batch, int repetitions, TimeProvider time)
    {
        batch.TimeRun(lane, time);
        var samples = new double[repetitions];
        for (var i = 0; i < repetitions; i++)
        {
            samples[i] = batch.TimeRun(lane, time);
        }

        Array.Sort(samples);
        return samples[repetitions / 2];
    }
}
