using System.Globalization;

namespace Reranker.Grains.Placement;

/// <summary>
/// Key of a worker grain, <c>{SiloAddress}#{ordinal}</c>. A silo's address holds its generation, so the key names a
/// process life: a restarted silo has new workers.
/// </summary>
internal readonly record struct WorkerKey(SiloAddress Silo, int Ordinal)
{
    private const char Separator = '#';

    /// <summary>Reads a key; false when it is none.</summary>
    public static bool TryParse(string text, out WorkerKey key)
    {
        key = default;
        var separator = text.LastIndexOf(Separator);
        if (separator < 0
            || !int.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            || !TryParseSilo(text, out var silo))
        {
            return false;
        }

        key = new WorkerKey(silo, ordinal);
        return true;
    }

    /// <summary>Reads the silo of a pinned grain's key: all of it, or what stands before the ordinal.</summary>
    public static bool TryParseSilo(string text, out SiloAddress silo)
    {
        var separator = text.LastIndexOf(Separator);
        try
        {
            silo = SiloAddress.FromParsableString(separator < 0 ? text : text[..separator]);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            silo = null!;
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Silo.ToParsableString()}{Separator}{Ordinal}");
}
