using System.Diagnostics.CodeAnalysis;

namespace Reranker.Inference.Batching;

/// <summary>The pairs of one batch in arrays that a lane keeps for its life.</summary>
internal sealed class Batch(int maxPairs)
{
    private readonly QueuedPair[] _pairs = new QueuedPair[maxPairs];
    private readonly int[] _lengths = new int[maxPairs];
    private readonly ReadOnlyMemory<int>[] _ids = new ReadOnlyMemory<int>[maxPairs];
    private readonly float[] _logits = new float[maxPairs];

    public int Count { get; private set; }

    public long Tokens { get; private set; }

    public int Longest { get; private set; }

    /// <summary>True when a lane has laid out its inputs, with these pairs and no others.</summary>
    public bool IsStaged { get; set; }

    public int Capacity => _pairs.Length;

    public ReadOnlySpan<QueuedPair> Pairs => _pairs.AsSpan(0, Count);

    public ReadOnlySpan<int> Lengths => _lengths.AsSpan(0, Count);

    public ReadOnlySpan<ReadOnlyMemory<int>> Ids => _ids.AsSpan(0, Count);

    public Span<float> Logits => _logits.AsSpan(0, Count);

    /// <summary>Tokens of a part of it, padding not counted.</summary>
    public long CountTokens(int start, int count)
    {
        long tokens = 0;
        foreach (var length in _lengths.AsSpan(start, count))
        {
            tokens += length;
        }

        return tokens;
    }

    /// <summary>The longest pair of a part of it.</summary>
    public int FindLongest(int start, int count)
    {
        var longest = 0;
        foreach (var length in _lengths.AsSpan(start, count))
        {
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    public void AddPair(QueuedPair pair)
    {
        _pairs[Count] = pair;
        _lengths[Count] = pair.Length;
        _ids[Count] = pair.Ids;
        Tokens += pair.Length;
        Longest = Math.Max(Longest, pair.Length);
        Count++;
    }

    /// <summary>The lengths that the batch would have with one more pair.</summary>
    [SuppressMessage("Performance", "CA1822", Justification = "Writes the instance's array.")]
    public ReadOnlySpan<int> GetLengthsWithOneMore(int length)
    {
        _lengths[Count] = length;
        return _lengths.AsSpan(0, Count + 1);
    }

    /// <summary>Drops pairs of works that ended since they were taken.</summary>
    public void RemoveEndedPairs()
    {
        var count = Count;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (!_pairs[i].Owner.IsDone)
            {
                _pairs[kept++] = _pairs[i];
            }
        }

        if (kept == count)
        {
            return;
        }

        (Count, Tokens, Longest, IsStaged) = (0, 0, 0, false);
        for (var i = 0; i < kept; i++)
        {
            AddPair(_pairs[i]);
        }
    }

    /// <summary>Moves those pairs of a part to its front whose works have not ended; the number of them.</summary>
    public int MoveLiveFirst(int start, int count)
    {
        var live = start;
        for (var i = start; i < start + count; i++)
        {
            if (!_pairs[i].Owner.IsDone)
            {
                (_pairs[live], _pairs[i]) = (_pairs[i], _pairs[live]);
                (_lengths[live], _lengths[i]) = (_lengths[i], _lengths[live]);
                (_ids[live], _ids[i]) = (_ids[i], _ids[live]);
                live++;
            }
        }

        return live - start;
    }

    public void Clear()
    {
        // The arrays outlive the works, which must not stay reachable through them.
        Array.Clear(_pairs, 0, Count);
        Array.Clear(_ids, 0, Count);
        (Count, Tokens, Longest, IsStaged) = (0, 0, 0, false);
    }
}
