using System.Globalization;
using System.Text.Json;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Json;

/// <summary>Lenient conversions of single fields: clients send booleans and numbers as strings, and null for "not set".</summary>
internal static class FieldConversions
{
    /// <summary>A string; null when absent.</summary>
    public static string? ReadText(this JsonFields fields, string name)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            return null;
        }

        return reader.TokenType == JsonTokenType.String ? JsonText.Read(ref reader) : throw CreateWrongType(name, "a string");
    }

    /// <summary>A boolean, also as string or as 0 and 1; null when absent.</summary>
    public static bool? ReadBoolean(this JsonFields fields, string name)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            return null;
        }

        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.String when bool.TryParse(JsonText.Read(ref reader), out var value) => value,
            JsonTokenType.Number when reader.TryGetInt32(out var number) && number is 0 or 1 => number == 1,
            _ => throw CreateWrongType(name, "true or false"),
        };
    }

    /// <summary>A whole number, also as string or as 3.0; null when absent. Numbers beyond 32 bits become the nearest one within.</summary>
    public static int? ReadInteger(this JsonFields fields, string name)
    {
        if (!fields.TryOpenField(name, out var reader))
        {
            return null;
        }

        double value;
        var isNumber = reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetDouble(out value),
            JsonTokenType.String => IsNumber(JsonText.Read(ref reader), out value),
            _ => Not(out value),
        };
        return isNumber && (double.IsInfinity(value) || Math.Floor(value) == value)
            ? (int)Math.Clamp(value, int.MinValue, int.MaxValue)
            : throw CreateWrongType(name, "a whole number");

        // .NET also reads "Infinity", which no client means as a number.
        static bool IsNumber(string text, out double value) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && text.AsSpan().ContainsAnyInRange('0', '9');

        static bool Not(out double value)
        {
            value = 0;
            return false;
        }
    }

    /// <summary>A whole number that must not be negative; null when absent.</summary>
    public static int? ReadNonNegative(this JsonFields fields, string name) =>
        fields.ReadInteger(name) switch
        {
            < 0 => throw new RequestFormatException(GatewayError.CreateInvalid($"'{name}' must not be negative.", name)),
            var value => value,
        };

    /// <summary>The error of a field that has the wrong type.</summary>
    public static RequestFormatException CreateWrongType(string name, string expected) =>
        new(GatewayError.CreateInvalid($"'{name}' must be {expected}.", name));
}
