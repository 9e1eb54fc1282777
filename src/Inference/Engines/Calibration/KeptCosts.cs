using Microsoft.Extensions.Logging;
using Reranker.Inference.Costs;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Engines.Calibration;

/// <summary>Measures these shapes, rows and length of each, as far as there is time.</summary>
internal delegate IReadOnlyList<CostPoint> CostMeasurement(IEnumerable<(int Rows, int Length)> shapes);

/// <summary>
/// A cost table that outlives its engine. The key says for what it was measured, and cannot say everything: power limits, neighbours
/// on the card, a clock that somebody set. So a few of its points are measured at every start, and where they say otherwise all are.
/// </summary>
/// <param name="folder">Where it is kept.</param>
/// <param name="key">All that the times depend on, as far as anybody can tell.</param>
/// <param name="model">Name of the model.</param>
/// <param name="logger">Told when it is measured anew.</param>
internal sealed partial class KeptCosts(MeasurementFolder folder, string key, string model, ILogger logger)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "costs.json";

    /// <summary>How far a batch may be from its kept time, as a share of it. Batches of natural lengths are as far from any table.</summary>
    public const double MostDeviation = 0.15;

    // Enough to be spread over the whole grid, few enough to take a tenth of the time of all.
    private const int CheckedPoints = 8;

    // One stalled run must not cost a whole measurement, and a card that is slower is so for nearly all sizes.
    private const double MostDeviating = 0.25;

    /// <summary>True when there was a table that was not right any more.</summary>
    public bool WasOutdated { get; private set; }

    /// <summary>The table that is kept where it still holds, else a new one.</summary>
    /// <param name="grid">The shapes of a whole table.</param>
    /// <param name="form">What the time of a batch depends on.</param>
    /// <param name="budget">Most time for measuring. Without any, what is kept is taken as it is, and what is measured is not worth keeping.</param>
    /// <param name="measure">Measures some of them.</param>
    /// <param name="create">Makes the table of what was measured, with its key.</param>
    /// <exception cref="EngineException">A run failed.</exception>
    public CostTable LoadOrMeasure(
        IReadOnlyCollection<(int Rows, int Length)> grid,
        CostForm form,
        TimeSpan budget,
        CostMeasurement measure,
        Func<IReadOnlyList<CostPoint>, string, CostTable> create)
    {
        if (CostTable.TryLoad(folder.FindPath(FileName), key) is { } kept && kept.Form == form && IsOfGrid(kept, grid))
        {
            if (budget <= TimeSpan.Zero || IsStillRight(kept, measure))
            {
                return kept;
            }

            WasOutdated = true;
        }

        var table = create(measure(grid), key);
        if (budget > TimeSpan.Zero)
        {
            folder.TryWrite(FileName, table.Save);
        }

        return table;
    }

    // What is no shape of the grid may be one that the lane does not take.
    private static bool IsOfGrid(CostTable kept, IReadOnlyCollection<(int Rows, int Length)> grid)
    {
        var left = grid.ToHashSet();
        return kept.Points.All(p => left.Remove((p.Rows, p.Length)));
    }

    private bool IsStillRight(CostTable kept, CostMeasurement measure)
    {
        var times = kept.Points.ToDictionary(p => (p.Rows, p.Length), p => p.Microseconds);
        var now = measure(ChooseChecked(kept));
        var deviating = now.Count(p => p.Microseconds / times[(p.Rows, p.Length)] is > 1 + MostDeviation or < 1 / (1 + MostDeviation));
        if (deviating <= MostDeviating * now.Count)
        {
            LogReused(logger, model, times.Count);
            return true;
        }

        LogOutdated(logger, model, deviating, now.Count, MostDeviation);
        return false;
    }

    private static IEnumerable<(int Rows, int Length)> ChooseChecked(CostTable kept)
    {
        var points = kept.Points.OrderBy(p => (long)p.Rows * p.Length).ThenBy(p => p.Rows).ToArray();
        var count = Math.Min(CheckedPoints, points.Length);
        return Enumerable.Range(1, count).Select(i => points[(i * points.Length / count) - 1]).Select(p => (p.Rows, p.Length));
    }

    [LoggerMessage(
        InferenceEventIds.CostsReused,
        LogLevel.Debug,
        "Model {Model} takes the times of {Batches} batches that an earlier start measured")]
    private static partial void LogReused(ILogger logger, string model, int batches);

    [LoggerMessage(
        InferenceEventIds.CostsOutdated,
        LogLevel.Information,
        "The kept batch times of model {Model} are measured anew, because {Deviating} of {Checked} differ by more than {Share:P0} now")]
    private static partial void LogOutdated(ILogger logger, string model, int deviating, int @checked, double share);
}
