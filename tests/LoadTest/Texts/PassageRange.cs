using System.Globalization;

namespace Reranker.LoadTest.Texts;

/// <summary>Passages of a request.</summary>
/// <param name="Min">Fewest.</param>
/// <param name="Max">Most.</param>
internal sealed record PassageRange(int Min, int Max)
{
    /// <summary>Reads <c>20</c> or <c>1-50</c>; null when it is neither.</summary>
    public static PassageRange? Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var (first, last) = dash < 0 ? (text, text) : (text[..dash], text[(dash + 1)..]);
        return int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var min)
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var max)
            && min >= 1 && max >= min
                ? new PassageRange(min, max)
                : null;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min}-{Max}");
}
