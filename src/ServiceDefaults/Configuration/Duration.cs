using System.Globalization;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>A length of time as an operator writes it: <c>15ms</c>, <c>1.5s</c>, <c>2m</c>, or <c>00:00:05</c>.</summary>
public static class Duration
{
    /// <summary>What a duration must look like, as a clause for an error message.</summary>
    public const string Rule = "must be a duration with a unit (us, ms, s, m, h), such as 15ms or 5s, or hours:minutes:seconds, such as 00:00:05; at most 24h";

    // No setting of the reranker means a longer time; a longer one is a slip, such as the 15 days that .NET reads into "15".
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private static readonly (string Name, long Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    private static readonly string[] ClockFormats = [@"h\:m\:s", @"h\:m\:s\.FFFFFFF"];

    /// <summary>Reads a duration from 0 to 24 hours. A number without a unit is none, since it could mean anything.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        return (trimmed.Contains(':', StringComparison.Ordinal) ? TryParseClock(trimmed, out duration) : TryParseUnit(trimmed, out duration))
            && duration >= TimeSpan.Zero && duration <= Longest;
    }

    /// <summary>Writes a duration in the largest unit of which it is a whole number.</summary>
    public static string Format(TimeSpan duration)
    {
        var (name, ticks) = Units.Reverse().FirstOrDefault(unit => duration.Ticks != 0 && duration.Ticks % unit.Ticks == 0);
        return name is null ? duration == TimeSpan.Zero ? "0s" : duration.ToString("c") : string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{name}");
    }

    // Hours beyond 23 are days to .NET; 24:00:00 is the longest and the only such value.
    private static bool TryParseClock(string text, out TimeSpan duration)
    {
        duration = Longest;
        return text == "24:00:00" || TimeSpan.TryParseExact(text, ClockFormats, CultureInfo.InvariantCulture, out duration);
    }

    private static bool TryParseUnit(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ").Length;
        var unit = Array.Find(Units, u => u.Name.Equals(text[digits..], StringComparison.OrdinalIgnoreCase));
        if (unit.Name is null
            || !decimal.TryParse(text.AsSpan(0, digits).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > Longest.Ticks)
        {
            return false;
        }

        var ticks = number * unit.Ticks;
        duration = ticks <= Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
        return true;
    }
}
