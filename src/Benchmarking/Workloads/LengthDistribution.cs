using System.Globalization;
using Reranker.Inference.Engines.Calibration;

namespace Reranker.Benchmarking.Workloads;

/// <summary>
/// Tokens of a pair, query and special tokens included: one number, or log-normal as natural passages are, with the mean that
/// was asked for after clipping.
/// </summary>
/// <param name="Mean">Mean length, after clipping.</param>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
public sealed record LengthDistribution(double Mean, int Min, int Max)
{
    private const string NaturalName = "natural";
    private const string NaturalPrefix = NaturalName + ":";
    private const int MinFixed = 8;
    private const int MaxFixed = 8192;

    /// <summary>Pairs of a search: mean 142 tokens, 24 to 512.</summary>
    public static LengthDistribution Natural { get; } = new(142, 24, 512);

    /// <summary>Reads <c>natural</c>, <c>natural:MEAN</c> or a number of tokens; null when it is none of them.</summary>
    public static LengthDistribution? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == NaturalName)
        {
            return Natural;
        }

        if (text.StartsWith(NaturalPrefix, StringComparison.Ordinal))
        {
            return ParseMean(text[NaturalPrefix.Length..]) is { } mean ? Natural with { Mean = mean } : null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= MinFixed and <= MaxFixed
            ? new LengthDistribution(length, length, length)
            : null;
    }

    /// <summary>Reads a mean that natural lengths can have; null when there is no such distribution.</summary>
    public static double? ParseMean(string text)
        => double.TryParse(text, CultureInfo.InvariantCulture, out var mean) && mean > Natural.Min && mean < Natural.Max / 2.0 ? mean : null;

    /// <summary>The lengths to draw from. Finding the median that gives the mean takes milliseconds: ask once.</summary>
    public NaturalLengths ToLengths() => NaturalLengths.FromClippedMean(Mean, Min, Max);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Min == Max
        ? Min.ToString(CultureInfo.InvariantCulture)
        : this == Natural ? NaturalName : string.Create(CultureInfo.InvariantCulture, $"{NaturalPrefix}{Mean}");
}
