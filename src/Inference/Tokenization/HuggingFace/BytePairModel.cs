using System.Text;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Byte-level BPE: a word's UTF-8 bytes are tokens, and the pair of neighbours that was learned first becomes one, until no pair
/// was learned. It knows every text.
/// </summary>
/// <remarks>Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", 2016; bytes as in GPT-2's release.</remarks>
internal sealed class BytePairModel : IWordModel
{
    private readonly int[] _bytes;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;

    /// <param name="bytes">Id of each byte.</param>
    /// <param name="merges">Pairs of ids with the order in which they were learned and the id that they become.</param>
    public BytePairModel(int[] bytes, Dictionary<(int Left, int Right), (int Rank, int Id)> merges) => (_bytes, _merges) = (bytes, merges);

    public int? UnknownId => null;

    public void AddTokens(ReadOnlySpan<int> word, List<int> ids)
    {
        Span<byte> encoded = stackalloc byte[4];
        var tokens = new List<int>(word.Length + 4);
        foreach (var c in word)
        {
            foreach (var one in encoded[..new Rune(c).EncodeToUtf8(encoded)])
            {
                tokens.Add(_bytes[one]);
            }
        }

        if (tokens.Count > 1)
        {
            new MergeQueue(tokens, _merges).MergeInto(ids);
        }
        else
        {
            ids.AddRange(tokens);
        }
    }

    // Neighbours as a linked list, and the pairs that can merge by rank, the leftmost first: a word of a megabyte takes no longer
    // a byte than one of ten.
    private sealed class MergeQueue(List<int> tokens, Dictionary<(int Left, int Right), (int Rank, int Id)> merges)
    {
        private const int Gone = -1;

        private readonly int[] _next = [.. Enumerable.Range(1, tokens.Count)];
        private readonly int[] _previous = [.. Enumerable.Range(-1, tokens.Count)];
        private readonly PriorityQueue<(int Place, int Right, int Id), (int Rank, int Place)> _pairs = new();

        public void MergeInto(List<int> ids)
        {
            for (var place = 0; place + 1 < tokens.Count; place++)
            {
                AddPair(place);
            }

            while (_pairs.TryDequeue(out var pair, out var order))
            {
                // A pair whose tokens have changed since is none any more.
                var right = tokens[pair.Place] == Gone ? tokens.Count : _next[pair.Place];
                if (right == pair.Right && merges.TryGetValue((tokens[pair.Place], tokens[right]), out var merge) && merge == (order.Rank, pair.Id))
                {
                    MergePair(pair.Place, right, pair.Id);
                }
            }

            for (var place = 0; place < tokens.Count; place = _next[place])
            {
                ids.Add(tokens[place]);
            }
        }

        private void MergePair(int place, int right, int id)
        {
            tokens[place] = id;
            tokens[right] = Gone;
            _next[place] = _next[right];
            if (_next[place] < tokens.Count)
            {
                _previous[_next[place]] = place;
                AddPair(place);
            }

            if (_previous[place] >= 0)
            {
                AddPair(_previous[place]);
            }
        }

        private void AddPair(int place)
        {
            var right = _next[place];
            if (merges.TryGetValue((tokens[place], tokens[right]), out var merge))
            {
                _pairs.Enqueue((place, right, merge.Id), (merge.Rank, place));
            }
        }
    }
}
