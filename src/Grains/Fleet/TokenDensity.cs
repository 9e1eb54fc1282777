namespace Reranker.Grains.Fleet;

/// <summary>
/// Tokens a UTF-16 code unit, averaged over recent texts by their length: a thousand texts of one character say less than
/// one of ten thousand. Thread-safe.
/// </summary>
internal sealed class TokenDensity
{
    // Some hundred requests of a search service. What lies further back counts less and less.
    private const double MemoryCharacters = 4e6;

    // What was measured counts as much as the guess once there are so many characters of it.
    private const double GuessCharacters = 4_000;

    // Latin script has about four characters a token.
    private const double Guess = 0.25;

    private readonly Lock _lock = new();
    private double _characters = GuessCharacters;
    private double _tokens = Guess * GuessCharacters;

    /// <summary>The average now; never 0.</summary>
    public double Value
    {
        get
        {
            lock (_lock)
            {
                return _tokens / _characters;
            }
        }
    }

    /// <summary>Learns from the texts of one request.</summary>
    public void Observe(long characters, long tokens)
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
