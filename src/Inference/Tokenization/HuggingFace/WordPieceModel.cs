using System.Buffers;
using System.Text;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// WordPiece: from left to right the longest piece that is in the vocabulary; a word that pieces do not cover, or that is too long,
/// is one unknown token.
/// </summary>
/// <remarks>Wu et al., "Google's Neural Machine Translation System", 2016; longest match first as in BERT's release.</remarks>
internal sealed class WordPieceModel : IWordModel
{
    private readonly Dictionary<string, int> _first;
    private readonly Dictionary<string, int> _following;
    private readonly int _longest;
    private readonly int _maxCharacters;
    private readonly int _unknown;

    /// <param name="vocabulary">Pieces with their ids.</param>
    /// <param name="prefix">What pieces begin with that do not begin a word.</param>
    /// <param name="unknown">Id of the unknown token.</param>
    /// <param name="maxCharacters">Code points beyond which a word is unknown.</param>
    public WordPieceModel(IReadOnlyDictionary<string, int> vocabulary, string prefix, int unknown, int maxCharacters)
    {
        _first = new Dictionary<string, int>(vocabulary, StringComparer.Ordinal);
        _following = vocabulary.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(p => p.Key[prefix.Length..], p => p.Value, StringComparer.Ordinal);
        _longest = vocabulary.Keys.Max(k => k.Length);
        (_unknown, _maxCharacters) = (unknown, maxCharacters);
    }

    public int? UnknownId => _unknown;

    public void AddTokens(ReadOnlySpan<int> word, List<int> ids)
    {
        if (word.Length > _maxCharacters)
        {
            ids.Add(_unknown);
            return;
        }

        var buffer = ArrayPool<char>.Shared.Rent(2 * word.Length);
        var count = 0;
        foreach (var c in word)
        {
            count += new Rune(c).EncodeToUtf16(buffer.AsSpan(count));
        }

        var before = ids.Count;
        if (!TryAddPieces(buffer.AsSpan(0, count), ids))
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(_unknown);
        }

        ArrayPool<char>.Shared.Return(buffer);
    }

    private bool TryAddPieces(ReadOnlySpan<char> word, List<int> ids)
    {
        var pieces = _first.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; start < word.Length;)
        {
            var end = Math.Min(word.Length, start + _longest);
            var id = -1;
            while (end > start && !pieces.TryGetValue(word[start..end], out id))
            {
                end--;
                id = -1;
            }

            if (id < 0)
            {
                return false;
            }

            ids.Add(id);
            start = end;
            pieces = _following.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        return true;
    }
}
