namespace Reranker.Inference.Tokenization;

/// <summary>
/// How a passage that is longer than a pair's room is cut into chunks: as few as hold it, of about equal length, so that
/// none is a fragment, each repeating the last tokens of the one before.
/// </summary>
public static class PassageChunks
{
    /// <summary>The overlap that is used: at most half of the room, so that every chunk is at least half new.</summary>
    public static int LimitOverlap(int room, int wanted) => Math.Min(wanted, room / 2);

    /// <summary>Most tokens that a number of chunks hold.</summary>
    /// <param name="room">Most tokens of a chunk, at least 1.</param>
    /// <param name="chunks">Number of chunks, at least 1.</param>
    /// <param name="overlap">Tokens that neighbours share, as wanted.</param>
    public static int CountCapacity(int room, int chunks, int overlap)
        => (int)Math.Min(int.MaxValue, room + ((chunks - 1L) * (room - LimitOverlap(room, overlap))));

    /// <summary>Fewest chunks that hold a passage; 1 for an empty one.</summary>
    public static int CountChunks(int tokens, int room, int overlap)
    {
        var step = room - LimitOverlap(room, overlap);
        return tokens <= room ? 1 : 1 + (int)(((long)tokens - room + step - 1) / step);
    }

    /// <summary>Where chunk <paramref name="index"/> of <paramref name="count"/> is.</summary>
    public static (int Start, int Length) FindRange(int tokens, int count, int room, int overlap, int index)
    {
        var shared = LimitOverlap(room, overlap);
        var length = (int)((tokens + ((count - 1L) * shared) + count - 1) / count);
        var start = index * (length - shared);
        return (start, Math.Min(length, tokens - start));
    }
}
