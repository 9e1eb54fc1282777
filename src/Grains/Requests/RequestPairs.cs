using System.Runtime.InteropServices;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Requests;

/// <summary>
/// The pairs that a request needs scored: those that differ as the model reads them. Texts may differ and their pairs
/// not, by white space or beyond the cut. A text in chunks has several pairs, of which the best counts.
/// </summary>
internal sealed class RequestPairs
{
    private readonly DistinctPassages _passages;
    private readonly int[]? _start;
    private readonly int[] _pairOf;
    private readonly int[]? _cutTokens;

    private RequestPairs(DistinctPassages passages, TokenizedRequest pairs, int[]? start, int[] pairOf, int[]? cutTokens)
        => (_passages, Pairs, _start, _pairOf, _cutTokens) = (passages, pairs, start, pairOf, cutTokens);

    /// <summary>The pairs, each once.</summary>
    public TokenizedRequest Pairs { get; }

    /// <summary>Number of passages.</summary>
    public int PassageCount => _passages.Count;

    /// <summary>Whether some passage has several chunks.</summary>
    public bool HasChunks => _start is not null;

    /// <summary>Whether some passage was cut.</summary>
    public bool HasCuts => _cutTokens is not null;

    /// <summary>The pairs of a request whose distinct texts were tokenized by a rule.</summary>
    public static RequestPairs FindDistinctPairs(DistinctPassages passages, TokenizedRequest texts, TruncationRule rule)
    {
        var (all, start) = ChunkedTexts.CutIntoChunks(texts, rule);
        var known = new Dictionary<int, int>(all.PassageIds.Length, new PairComparer(all));
        var pairOf = new int[all.PassageIds.Length];
        var chosen = new List<int>(pairOf.Length);
        for (var i = 0; i < pairOf.Length; i++)
        {
            if (known.TryAdd(i, chosen.Count))
            {
                chosen.Add(i);
            }

            pairOf[i] = known[i];
        }

        var pairs = chosen.Count == pairOf.Length ? all : all.SelectPassages([.. chosen]);
        return new RequestPairs(passages, pairs, start, pairOf, texts.CutTokens);
    }

    /// <summary>Gives every passage the logit of its pair, or the best of its pairs.</summary>
    public float[] FindBestLogits(float[] pairLogits) => MapPassages(passage => FindBestLogit(passage, pairLogits));

    /// <summary>Tokens of every passage's pairs, whether they were scored for this passage or for an equal one.</summary>
    public int[] CountPairTokens() => MapPassages(CountPairTokens);

    /// <summary>Chunks of every passage; null when none has more than one.</summary>
    public int[]? CountChunks() => HasChunks ? MapPassages(CountChunks) : null;

    /// <summary>Tokens of every passage that were cut; null when none were.</summary>
    public int[]? GetCutTokens() => HasCuts ? MapPassages(GetCutTokens) : null;

    /// <summary>Whether all pairs of a passage are among those that are known.</summary>
    public bool IsComplete(int passage, bool[] known)
    {
        foreach (var pair in GetPairs(passage))
        {
            if (!known[pair])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The logit of a passage's pair, or the best of its pairs.</summary>
    public float FindBestLogit(int passage, float[] pairLogits)
    {
        var best = float.NegativeInfinity;
        foreach (var pair in GetPairs(passage))
        {
            best = Math.Max(best, pairLogits[pair]);
        }

        return best;
    }

    /// <summary>Tokens of a passage's pairs.</summary>
    public int CountPairTokens(int passage)
    {
        var tokens = 0;
        foreach (var pair in GetPairs(passage))
        {
            tokens += Pairs.CountPairTokens(pair);
        }

        return tokens;
    }

    /// <summary>Chunks of a passage.</summary>
    public int CountChunks(int passage) => GetPairs(passage).Length;

    /// <summary>Tokens of a passage that were cut.</summary>
    public int GetCutTokens(int passage) => _cutTokens is null ? 0 : _cutTokens[_passages.GetTextIndex(passage)];

    private ReadOnlySpan<int> GetPairs(int passage)
    {
        var text = _passages.GetTextIndex(passage);
        return _start is null ? _pairOf.AsSpan(text, 1) : _pairOf.AsSpan(_start[text].._start[text + 1]);
    }

    private T[] MapPassages<T>(Func<int, T> ofPassage)
    {
        var values = new T[_passages.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ofPassage(i);
        }

        return values;
    }

    // Hashes are seeded by the process, so nobody can choose passages that collide.
    private sealed class PairComparer(TokenizedRequest pairs) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y)
            => (pairs.QueryLengths is not { } kept || kept[x] == kept[y])
                && pairs.PassageIds[x].AsSpan().SequenceEqual(pairs.PassageIds[y]);

        public int GetHashCode(int index)
        {
            var hash = default(HashCode);
            hash.AddBytes(MemoryMarshal.AsBytes(pairs.PassageIds[index].AsSpan()));
            return hash.ToHashCode();
        }
    }
}
