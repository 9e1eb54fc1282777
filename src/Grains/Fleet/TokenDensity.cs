namespace Reranker.Grains.Fleet;

/// <summary>Tokens a UTF-16 code unit, averaged over recent requests (exponentially, by request). Thread-safe.</summary>
internal sealed class TokenDensity
{
    // A fiftieth: settles within some hundred requests and does not jump with one in another script.
    private const double Weight = 0.02;
    private double _value = Initial;

    /// <summary>Before anything was measured: Latin script has about four characters a token.</summary>
    public const double Initial = 0.25;

    /// <summary>The average now.</summary>
    public double Value => Volatile.Read(ref _value);

    /// <summary>Learns from one request.</summary>
    public void Observe(long characters, long tokens)
    {
        if (characters <= 0)
        {
            return;
        }

        double seen, next;
        do
        {
            seen = Volatile.Read(ref _value);
            next = seen + (Weight * (((double)tokens / characters) - seen));
        }
        while (Interlocked.CompareExchange(ref _value, next, seen) != seen);
    }
}
