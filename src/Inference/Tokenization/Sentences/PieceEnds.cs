namespace Reranker.Inference.Tokenization.Sentences;

/// <summary>
/// Where sentences end between the pieces of a script that has no spaces: told by the pieces themselves, since a text that is cut there would
/// not always have the same pieces.
/// </summary>
internal sealed class PieceEnds
{
    private const char Space = '\u2581';

    private readonly PieceKinds[] _kinds;

    /// <param name="pieces">Pieces with their ids.</param>
    public PieceEnds(IEnumerable<KeyValuePair<string, int>> pieces)
    {
        var all = pieces.ToArray();
        _kinds = new PieceKinds[all.Length == 0 ? 0 : all.Max(static p => p.Value) + 1];
        foreach (var (piece, id) in all)
        {
            _kinds[id] = FindKinds(piece.AsSpan().TrimStart(Space), piece.StartsWith(Space));
        }
    }

    [Flags]
    private enum PieceKinds : byte
    {
        None = 0,
        Ends = 1,
        EndsPerhaps = 2,
        Closes = 4,
        BeginsWithEnd = 8,
        BeginsWithoutSpace = 16,
    }

    /// <summary>Adds the numbers of ids behind which a sentence ends, in order; not behind the last.</summary>
    public void AddEnds(ReadOnlySpan<int> ids, List<int> ends)
    {
        var before = PieceKinds.None;
        for (var i = 0; i + 1 < ids.Length; i++)
        {
            var (kind, next) = (FindKind(ids[i]), FindKind(ids[i + 1]));
            before = kind.HasFlag(PieceKinds.Closes) ? before : kind & (PieceKinds.Ends | PieceKinds.EndsPerhaps);
            if (!next.HasFlag(PieceKinds.BeginsWithEnd)
                && (before.HasFlag(PieceKinds.Ends) || (before.HasFlag(PieceKinds.EndsPerhaps) && next.HasFlag(PieceKinds.BeginsWithoutSpace))))
            {
                ends.Add(i + 1);
            }
        }
    }

    private PieceKinds FindKind(int id) => (uint)id < (uint)_kinds.Length ? _kinds[id] : PieceKinds.None;

    private static PieceKinds FindKinds(ReadOnlySpan<char> piece, bool hasSpace)
    {
        if (piece.IsEmpty)
        {
            return PieceKinds.None;
        }

        var last = piece.Length - 1;
        while (last >= 0 && SentenceMarks.IsCloser(piece[last]))
        {
            last--;
        }

        var kinds = last < 0 && !hasSpace ? PieceKinds.Closes : PieceKinds.None;
        kinds |= last < 0 ? PieceKinds.None : SentenceMarks.IsCertain(piece[last]) ? PieceKinds.Ends : piece[last] is '!' or '?' ? PieceKinds.EndsPerhaps : PieceKinds.None;
        kinds |= !hasSpace && (SentenceMarks.IsCloser(piece[0]) || SentenceMarks.IsCertain(piece[0]) || piece[0] is '.' or '!' or '?') ? PieceKinds.BeginsWithEnd : PieceKinds.None;
        return kinds | (!hasSpace && SentenceMarks.IsWithoutSpaces(piece[0]) ? PieceKinds.BeginsWithoutSpace : PieceKinds.None);
    }
}
