namespace Reranker.Benchmarking.Workloads;

/// <summary>Moments at which requests are due: a Poisson process, as independent callers make one. The same seed, the same moments.</summary>
/// <param name="rate">Arrivals a second.</param>
/// <param name="seed">Seed.</param>
public sealed class PoissonArrivals(double rate, int seed)
{
    private readonly Random _random = new(seed);
    private double _seconds;

    /// <summary>When the next request is due, from the start.</summary>
    public TimeSpan DrawNextArrival()
    {
        _seconds -= Math.Log(1 - _random.NextDouble()) / rate;
        return TimeSpan.FromSeconds(_seconds);
    }
}
