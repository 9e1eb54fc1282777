using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>Looks for the name of an operator in a graph's file, piece by piece: a file with its weights inside may have gigabytes.</summary>
internal static class GraphNames
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Says of each name whether the file has it anywhere.</summary>
    /// <param name="path">The graph's file.</param>
    /// <param name="names">Names in UTF-8, none longer than a piece.</param>
    /// <param name="pieceBytes">Bytes that are looked at together.</param>
    public static bool[] FindNames(string path, byte[][] names, int pieceBytes = PieceBytes)
    {
        using var file = PlainFile.OpenRead(path);
        var (found, longest) = (new bool[names.Length], names.Max(n => n.Length));
        var piece = new byte[longest + pieceBytes];
        for (int kept = 0, read; (read = file.Read(piece, kept, pieceBytes)) > 0;)
        {
            var seen = piece.AsSpan(0, kept + read);
            for (var i = 0; i < names.Length; i++)
            {
                found[i] |= seen.IndexOf(names[i]) >= 0;
            }

            // A name may begin in one piece and end in the next.
            kept = Math.Min(longest - 1, seen.Length);
            seen[^kept..].CopyTo(piece);
        }

        return found;
    }
}
