using System.Security.Cryptography;
using System.Text;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Tool.Input;

/// <summary>Pairs and queries out of files of JSON lines, which may be compressed.</summary>
internal static class TextPairs
{
    /// <summary>Calibration pairs of a file; the built-in ones without one.</summary>
    /// <param name="file">The file, or null.</param>
    /// <param name="most">Most pairs that are taken of a file.</param>
    /// <param name="told">Told how many of the file's pairs these are.</param>
    /// <exception cref="InputException">The file has none, or a line is none.</exception>
    public static CalibrationPairs ReadCalibration(FileInfo? file, int most, TextWriter told)
    {
        if (file is null)
        {
            return CalibrationPairs.BuiltIn;
        }

        try
        {
            var pairs = CalibrationPairs.Parse(Encoding.UTF8.GetBytes(DataFiles.ReadText(file.FullName)), file.Name, most);
            told.WriteLine(pairs.Pairs.Count < pairs.Available
                ? FormattableString.Invariant($"{file.Name}: {pairs.Pairs.Count} of its {pairs.Available} pairs are run, evenly spaced")
                : FormattableString.Invariant($"{file.Name}: all of its {pairs.Available} pairs are run"));
            return pairs;
        }
        catch (InvalidDataException e)
        {
            throw new InputException(e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Labelled queries of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <param name="mayHaveNone">Whether a query may have no relevant candidate.</param>
    /// <returns>The queries and the hash of the decompressed file.</returns>
    /// <exception cref="InputException">The file has none, or a line is none.</exception>
    public static Task<(IReadOnlyList<RankingQuery> Queries, string Sha256)> ReadQueriesAsync(
        string path, CancellationToken cancellationToken, bool mayHaveNone = false)
        => Task.Run(() => ReadQueries(path, mayHaveNone), cancellationToken);

    private static (IReadOnlyList<RankingQuery> Queries, string Sha256) ReadQueries(string path, bool mayHaveNone)
    {
        var content = DataFiles.ReadAll(path);
        try
        {
            var queries = RankingQuery.Parse(EncodedText.Decode(content, path), path, mayHaveNone).ToList();
            return queries.Count > 0
                ? (queries, Convert.ToHexStringLower(SHA256.HashData(content)))
                : throw new InputException($"{path}: has no queries");
        }
        catch (InvalidDataException e)
        {
            throw new InputException(e.Message.TrimEnd('.'), e);
        }
    }
}
