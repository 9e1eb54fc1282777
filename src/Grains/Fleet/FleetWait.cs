namespace Reranker.Grains.Fleet;

/// <summary>One number for the waits of many workers.</summary>
internal static class FleetWait
{
    // Work goes to the workers that are free first. A mean would let one that hangs close the door before all the others,
    // and the least wait is that of a slow worker which nobody chooses.
    private const double FreeShare = 0.25;

    /// <summary>Time until workers with a quarter of the capacity take new work; zero where there are none.</summary>
    /// <param name="workers">Tokens a second and wait of each; ordered in place.</param>
    public static TimeSpan EstimateWait(Span<(double TokensPerSecond, TimeSpan Wait)> workers)
    {
        workers.Sort(static (a, b) => a.Wait.CompareTo(b.Wait));
        double missing = 0;
        foreach (var (rate, _) in workers)
        {
            missing += FreeShare * rate;
        }

        foreach (var (rate, wait) in workers)
        {
            missing -= rate;
            if (missing <= 0)
            {
                return wait;
            }
        }

        return TimeSpan.Zero;
    }
}
