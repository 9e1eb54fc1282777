namespace Reranker.LoadTest.Sending;

/// <summary>Moments at which requests are due: a Poisson process, as independent callers make one. The same seed, the same moments.</summary>
internal sealed class Arrivals(double rate, int seed)
{
    private readonly Random _random = new(seed);
    private double _seconds;

    /// <summary>When the next request is due, from the start of the run.</summary>
    public TimeSpan Next()
    {
        _seconds -= Math.Log(1 - _random.NextDouble()) / rate;
        return TimeSpan.FromSeconds(_seconds);
    }
}
