using System.Globalization;

namespace Reranker.Tool.Input;

/// <summary>Lengths of passages in a file, one a line.</summary>
internal static class PassageLengths
{
    private const int MaxTokens = 1_000_000;

    /// <summary>Reads them.</summary>
    /// <exception cref="InputException">A line is no length, or there is none.</exception>
    public static IReadOnlyList<int> ReadFile(string path)
    {
        var lengths = new List<int>();
        var number = 0;
        using var reader = new StringReader(DataFiles.ReadText(path));
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (!int.TryParse(line.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length is < 1 or > MaxTokens)
            {
                throw new InputException(FormattableString.Invariant($"{path}: line {number} is not the tokens of a passage, a number from 1 to {MaxTokens}"));
            }

            lengths.Add(length);
        }

        return lengths.Count > 0 ? lengths : throw new InputException($"{path}: holds no lengths");
    }
}
