namespace Reranker;

/// <summary>Hard limits of the wire. Options of gateway and silo may be lower, never higher.</summary>
public static class Limits
{
    /// <summary>Most passages one request may carry.</summary>
    public const int MaxPassages = 100_000;

    /// <summary>Most characters (UTF-16 code units) of all texts of one request together; keeps a message under Orleans' 100 MiB.</summary>
    public const int MaxRequestCharacters = 33_554_432;

    /// <summary>Most bytes of packed token ids in one <see cref="Workers.ScoreRequest"/>; larger sub-batches are split, so that one message never blocks a connection for long.</summary>
    public const int MaxScoreRequestBytes = 1_048_576;

    /// <summary>Most chunks that one passage may be cut into.</summary>
    public const int MaxChunks = 1_000;

    /// <summary>Most pairs that one request may have scored: passages and their chunks that differ.</summary>
    public const int MaxPairs = 100_000;

    /// <summary>Longest time a request may ask for.</summary>
    public static readonly TimeSpan MaxDeadline = TimeSpan.FromMinutes(10);

    /// <summary>Most bytes of one message: texts of <see cref="MaxRequestCharacters"/> take up to three bytes each in UTF-8.</summary>
    public const int MaxMessageBytes = 100 * 1024 * 1024;

    /// <summary>Orleans' response time-out. Orleans drops messages that are older, so it is longer than the longest deadline.</summary>
    public static readonly TimeSpan ResponseTimeout = MaxDeadline + TimeSpan.FromSeconds(15);
}
