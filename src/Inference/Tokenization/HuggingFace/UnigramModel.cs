using System.Buffers;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>
/// Unigram: of all ways to cut a word into pieces the one whose scores add up to the most. A character that no piece covers costs more
/// than any piece, and a run of such is one unknown token.
/// </summary>
/// <remarks>Kudo, "Subword Regularization", 2018; a Viterbi pass from left to right, and of equal sums the one found first.</remarks>
internal sealed class UnigramModel : IWordModel
{
    private const double UnknownPenalty = 10;

    private readonly PieceTrie _pieces;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknown;

    /// <param name="pieces">Pieces of text with their ids; special tokens are none.</param>
    /// <param name="scores">Score of each id, special tokens included.</param>
    /// <param name="unknown">Id of the unknown token.</param>
    public UnigramModel(IEnumerable<KeyValuePair<string, int>> pieces, double[] scores, int unknown)
        => (_pieces, _scores, _unknownScore, _unknown) = (new PieceTrie(pieces), scores, scores.Min() - UnknownPenalty, unknown);

    public int? UnknownId => _unknown;

    public void AddTokens(ReadOnlySpan<int> word, List<int> ids)
    {
        var (sums, starts, found) = (ArrayPool<double>.Shared.Rent(word.Length + 1), ArrayPool<int>.Shared.Rent(word.Length + 1), ArrayPool<int>.Shared.Rent(word.Length + 1));
        FindPaths(word, sums, starts, found);
        var first = ids.Count;
        for (var end = word.Length; end > 0; end = starts[end])
        {
            if (found[end] != _unknown || ids.Count == first || ids[^1] != _unknown)
            {
                ids.Add(found[end]);
            }
        }

        ids.Reverse(first, ids.Count - first);
        ArrayPool<double>.Shared.Return(sums);
        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<int>.Shared.Return(found);
    }

    // Of every place in the word: the best sum up to it, the last piece of that path, and where that piece starts.
    private void FindPaths(ReadOnlySpan<int> word, double[] sums, int[] starts, int[] found)
    {
        sums.AsSpan(0, word.Length + 1).Fill(double.NegativeInfinity);
        sums[0] = 0;
        for (var start = 0; start < word.Length; start++)
        {
            var (node, hasSingle) = (0, false);
            for (var end = start + 1; end <= word.Length && _pieces.TryStep(ref node, word[end - 1]); end++)
            {
                if (_pieces.TryGetPiece(node, out var id))
                {
                    Improve(end, sums[start] + _scores[id], id);
                    hasSingle |= end == start + 1;
                }
            }

            if (!hasSingle)
            {
                Improve(start + 1, sums[start] + _unknownScore, _unknown);
            }

            void Improve(int end, double sum, int id)
            {
                if (sum > sums[end])
                {
                    (sums[end], starts[end], found[end]) = (sum, start, id);
                }
            }
        }
    }
}
