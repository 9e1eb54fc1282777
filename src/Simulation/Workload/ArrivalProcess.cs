namespace Reranker.Simulation.Workload;

/// <summary>
/// Moments at which requests arrive: a Poisson process, as independent callers make one; with bursts, one whose rate changes. A tenth
/// of the time is in bursts of half a second on average, and what is between them has as much less as keeps the mean.
/// </summary>
internal sealed class ArrivalProcess
{
    /// <summary>Share of the time that is in bursts, and so the inverse of the largest factor.</summary>
    public const double BurstShare = 0.1;

    private const double MeanBurstSeconds = 0.5;

    private readonly Random _random;
    private readonly double _burstRate;
    private readonly double _otherRate;
    private readonly bool _isEven;
    private bool _inBurst;
    private double _until;

    /// <param name="rate">Requests a second on average.</param>
    /// <param name="burst">How many times as often they arrive in bursts, 1 to 10.</param>
    /// <param name="random">Where chance comes from.</param>
    public ArrivalProcess(double rate, double burst, Random random)
    {
        _random = random;
        _isEven = burst <= 1;
        _burstRate = rate * burst;
        _otherRate = _isEven ? rate : rate * (1 - (BurstShare * burst)) / (1 - BurstShare);
        _until = _isEven ? 0 : DrawPeriod();
    }

    /// <summary>The first arrival after a moment.</summary>
    public TimeSpan DrawNext(TimeSpan now)
    {
        // What is left of a unit of expected arrivals; a period with a higher rate uses it up in less time.
        var left = DrawExponential();
        if (_isEven)
        {
            return now + TimeSpan.FromSeconds(left / _otherRate);
        }

        var at = now.TotalSeconds;
        while (true)
        {
            var rate = _inBurst ? _burstRate : _otherRate;
            if (left <= (_until - at) * rate)
            {
                return TimeSpan.FromSeconds(at + (left / rate));
            }

            left -= (_until - at) * rate;
            at = _until;
            _inBurst = !_inBurst;
            _until = at + DrawPeriod();
        }
    }

    private double DrawPeriod()
        => DrawExponential() * (_inBurst ? MeanBurstSeconds : MeanBurstSeconds * (1 - BurstShare) / BurstShare);

    private double DrawExponential() => -Math.Log(1 - _random.NextDouble());
}
