namespace Reranker.Inference.Tokenization;

/// <summary>How a <see cref="PairTokenizer"/> uses the machine.</summary>
public sealed record TokenizerOptions
{
    /// <summary>Threads that tokenize, apart from the thread pool. Default: one a processor.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// UTF-16 code units of passages that a thread takes at a time before it turns to the next request: 4,096 by default,
    /// about 0.3 ms of work. Smaller spreads a small request over more threads, larger costs fewer hand-offs.
    /// </summary>
    public int ChunkCharacters { get; init; } = 4096;

    /// <exception cref="ArgumentOutOfRangeException">A value is not positive.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Threads);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ChunkCharacters);
    }
}
