using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Requests;

/// <summary>
/// The pairs that a request needs scored: those that differ as the model reads them. Texts may differ and their pairs
/// not, by white space or beyond the cut.
/// </summary>
internal sealed class RequestPairs
{
    private readonly DistinctPassages _passages;
    private readonly int[] _pairOf;
    private readonly int[]? _cutTokens;

    private RequestPairs(DistinctPassages passages, TokenizedRequest pairs, int[] pairOf, int[]? cutTokens)
        => (_passages, Pairs, _pairOf, _cutTokens) = (passages, pairs, pairOf, cutTokens);

    /// <summary>The pairs, each once.</summary>
    public TokenizedRequest Pairs { get; }

    /// <summary>The pairs of a request whose distinct texts were tokenized.</summary>
    public static RequestPairs Of(DistinctPassages passages, TokenizedRequest texts)
    {
        var known = new Dictionary<int, int>(texts.PassageIds.Length, new SamePair(texts));
        var pairOf = new int[texts.PassageIds.Length];
        var chosen = new List<int>(pairOf.Length);
        for (var i = 0; i < pairOf.Length; i++)
        {
            if (known.TryAdd(i, chosen.Count))
            {
                chosen.Add(i);
            }

            pairOf[i] = known[i];
        }

        var pairs = chosen.Count == pairOf.Length ? texts : texts.Select([.. chosen]);
        return new RequestPairs(passages, pairs, pairOf, texts.CutTokens);
    }

    /// <summary>Gives every passage the logit of its pair.</summary>
    public float[] Logits(float[] pairLogits)
    {
        var logits = new float[_passages.Count];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = pairLogits[_pairOf[_passages.TextOf(i)]];
        }

        return logits;
    }

    /// <summary>Tokens of every passage's pair, whether it was scored for this passage or for an equal one.</summary>
    public int[] PairTokens()
    {
        var tokens = new int[_passages.Count];
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = Pairs.PairTokens(_pairOf[_passages.TextOf(i)]);
        }

        return tokens;
    }

    /// <summary>Tokens of every passage that were cut; null when none were.</summary>
    public int[]? CutTokens()
    {
        if (_cutTokens is null)
        {
            return null;
        }

        var cut = new int[_passages.Count];
        for (var i = 0; i < cut.Length; i++)
        {
            cut[i] = _cutTokens[_passages.TextOf(i)];
        }

        return cut;
    }

    // Hashes are seeded by the process, so nobody can choose passages that collide.
    private sealed class SamePair(TokenizedRequest texts) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y)
            => (texts.QueryLengths is not { } kept || kept[x] == kept[y])
                && texts.PassageIds[x].AsSpan().SequenceEqual(texts.PassageIds[y]);

        public int GetHashCode(int index)
        {
            var hash = default(HashCode);
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(texts.PassageIds[index].AsSpan()));
            return hash.ToHashCode();
        }
    }
}
