namespace Reranker.Gateway.Admission;

/// <summary>
/// Tokens a UTF-16 code unit of one tenant's texts for one model, by the length of what was measured: scripts differ by a
/// factor of ten, and one tenant's must not be charged to another. Thread-safe.
/// </summary>
internal sealed class TextDensity
{
    // What was measured counts as much as what is assumed once there are so many characters of it.
    private const double AssumedCharacters = 4_000;

    // Some hundred requests of a search service. What lies further back counts less and less.
    private const double MemoryCharacters = 4e6;

    private readonly Lock _lock = new();
    private double _characters;
    private double _tokens;

    /// <summary>The density now.</summary>
    /// <param name="assumed">What to go by for as long as little was measured.</param>
    public double Estimate(double assumed)
    {
        lock (_lock)
        {
            return (_tokens + (assumed * AssumedCharacters)) / (_characters + AssumedCharacters);
        }
    }

    /// <summary>Learns from the texts of one request.</summary>
    public void Observe(double characters, double tokens)
    {
        lock (_lock)
        {
            var kept = MemoryCharacters / (MemoryCharacters + characters);
            _characters = (_characters * kept) + characters;
            _tokens = (_tokens * kept) + tokens;
        }
    }
}
