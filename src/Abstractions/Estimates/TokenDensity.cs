namespace Reranker.Estimates;

/// <summary>
/// Tokens a UTF-16 code unit of recent texts, averaged by their length: a thousand texts of one character say less than one of ten
/// thousand. Scripts differ by a factor of ten, so a silo keeps one for each model, and a gateway one for each tenant of a model.
/// Thread-safe.
/// </summary>
internal sealed class TokenDensity
{
    // What was measured counts as much as what is assumed once there are so many characters of it.
    private const double AssumedCharacters = 4_000;

    // Some hundred requests of a search service. Older texts count less and less.
    private const double MemoryCharacters = 4e6;

    private readonly Lock _lock = new();
    private double _characters;
    private double _tokens;

    /// <summary>The density now; above 0 where the assumed one is.</summary>
    /// <param name="assumedDensity">What to go by for as long as little was measured.</param>
    public double EstimateDensity(double assumedDensity)
    {
        lock (_lock)
        {
            return (_tokens + (assumedDensity * AssumedCharacters)) / (_characters + AssumedCharacters);
        }
    }

    /// <summary>Learns from the texts of one request.</summary>
    public void ObserveTexts(double characters, double tokens)
    {
        if (characters <= 0 || tokens <= 0)
        {
            return;
        }

        lock (_lock)
        {
            var kept = MemoryCharacters / (MemoryCharacters + characters);
            _characters = (_characters * kept) + characters;
            _tokens = (_tokens * kept) + tokens;
        }
    }
}
