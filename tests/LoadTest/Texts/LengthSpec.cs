using System.Globalization;
using Reranker.Inference.Benchmarks;

namespace Reranker.LoadTest.Texts;

/// <summary>Tokens of a pair, query and special tokens included: one number, or log-normal as natural passages are.</summary>
/// <param name="Mean">Mean length, after clipping.</param>
/// <param name="Min">Shortest.</param>
/// <param name="Max">Longest.</param>
internal sealed record LengthSpec(double Mean, int Min, int Max)
{
    /// <summary>Passages of a search: mean 142 tokens, 24 to 512.</summary>
    public static LengthSpec Natural { get; } = new(LengthDistribution.Default.Mean, LengthDistribution.Default.Min, LengthDistribution.Default.Max);

    /// <summary>Reads <c>natural</c>, <c>natural:MEAN</c> or a number of tokens; null when it is none of them.</summary>
    public static LengthSpec? Parse(string text)
    {
        if (text == "natural")
        {
            return Natural;
        }

        if (text.StartsWith("natural:", StringComparison.Ordinal))
        {
            return double.TryParse(text.AsSpan("natural:".Length), CultureInfo.InvariantCulture, out var mean) && mean > Natural.Min && mean < Natural.Max / 2.0
                ? Natural with { Mean = mean }
                : null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 8 and <= 8192
            ? new LengthSpec(length, length, length)
            : null;
    }

    /// <summary>Draws lengths; the same random numbers give the same lengths.</summary>
    public int[] Draw(Random random, int count) => new LengthDistribution(Mean, Min, Max).Draw(random, count);

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => Min == Max
        ? Min.ToString(CultureInfo.InvariantCulture)
        : this == Natural ? "natural" : string.Create(CultureInfo.InvariantCulture, $"natural:{Mean}");
}
