using System.Globalization;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>One value: from its text, and back.</summary>
internal static class SettingValue
{
    /// <summary>Whether a type is one value, and no group or list.</summary>
    public static bool IsSingleValue(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        return value.IsPrimitive || value.IsEnum || value == typeof(string) || value == typeof(TimeSpan) || value == typeof(decimal);
    }

    /// <summary>Reads a value of that type.</summary>
    /// <param name="type">A type for which <see cref="IsSingleValue"/> holds.</param>
    /// <param name="text">The text. Empty is null where the type has it.</param>
    /// <param name="value">The value.</param>
    /// <returns>What the text must be, as a clause; null when it is that.</returns>
    public static string? Parse(Type type, string text, out object? value)
    {
        value = null;
        if (type == typeof(string))
        {
            value = text;
            return null;
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return text.Length == 0 ? null : Parse(inner, text, out value);
        }

        if (type == typeof(TimeSpan))
        {
            var fits = Duration.TryParse(text, out var duration);
            value = duration;
            return fits ? null : Duration.Rule;
        }

        if (type.IsEnum)
        {
            var name = Array.Find(Enum.GetNames(type), n => n.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
            value = name is null ? null : Enum.Parse(type, name);
            return name is null ? $"must be one of {string.Join(", ", Enum.GetNames(type))}" : null;
        }

        if (type == typeof(bool))
        {
            var fits = bool.TryParse(text, out var flag);
            value = flag;
            return fits ? null : "must be true or false";
        }

        try
        {
            value = Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
            return null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return type == typeof(double) || type == typeof(float) || type == typeof(decimal)
                ? "must be a number"
                : "must be a whole number that is not too large";
        }
    }

    /// <summary>The text of a value, for a person.</summary>
    public static string Format(object? value) => value switch
    {
        null => "(not set)",
        string { Length: 0 } => "(empty)",
        TimeSpan time => Duration.Format(time),
        bool flag => flag ? "true" : "false",
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
