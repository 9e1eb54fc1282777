using System.Runtime.InteropServices;

namespace Reranker.Inference.Tokenization.HuggingFace;

/// <summary>Pieces of a vocabulary by their code points: a node's children lie beside each other, in order.</summary>
internal sealed class PieceTrie
{
    private const int NoPiece = -1;

    // Of each node: its code point, its piece, and where its children begin; those of the next node begin where they end.
    private readonly List<int> _labels = [0];
    private readonly List<int> _pieces = [NoPiece];
    private readonly List<int> _children = [];

    /// <summary>Builds it.</summary>
    /// <param name="pieces">Texts with their ids, each text once and none empty.</param>
    public PieceTrie(IEnumerable<KeyValuePair<string, int>> pieces)
    {
        var sorted = pieces.Select(p => (Text: p.Key.EnumerateRunes().Select(r => r.Value).ToArray(), Id: p.Value)).ToArray();
        Array.Sort(sorted, static (a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text));
        var ranges = new Queue<(int First, int End, int Depth)>([(0, sorted.Length, 0)]);
        for (var node = 0; ranges.TryDequeue(out var range); node++)
        {
            var (first, end, depth) = range;
            if (first < end && sorted[first].Text.Length == depth)
            {
                _pieces[node] = sorted[first++].Id;
            }

            _children.Add(_labels.Count);
            while (first < end)
            {
                var (label, next) = (sorted[first].Text[depth], first + 1);
                while (next < end && sorted[next].Text[depth] == label)
                {
                    next++;
                }

                _labels.Add(label);
                _pieces.Add(NoPiece);
                ranges.Enqueue((first, next, depth + 1));
                first = next;
            }
        }

        _children.Add(_labels.Count);
    }

    /// <summary>Goes on from a node (0: the root) by a code point; false where no piece does.</summary>
    public bool TryStep(ref int node, int codePoint)
    {
        var first = _children[node];
        var at = CollectionsMarshal.AsSpan(_labels)[first.._children[node + 1]].BinarySearch(codePoint);
        node = first + at;
        return at >= 0;
    }

    /// <summary>The piece that ends at a node; false where none does.</summary>
    public bool TryGetPiece(int node, out int id) => (id = _pieces[node]) != NoPiece;
}
