namespace Reranker.Fuzz.Oracle;

/// <summary>The lines of a batch, as docs/tenants.md has them.</summary>
internal static class ReferenceLines
{
    private const int LongestName = 512;

    /// <summary>The pieces between line feeds; the last one may be empty.</summary>
    public static List<byte[]> Split(ReadOnlySpan<byte> body)
    {
        var lines = new List<byte[]>();
        foreach (var range in body.Split((byte)'\n'))
        {
            lines.Add(body[range].ToArray());
        }

        return lines;
    }

    /// <summary>How many lines the gateway counts: what is behind the last line feed is one where something stands there.</summary>
    public static long Count(List<byte[]> pieces) => pieces.Count == 0 ? 0 : pieces.Count - (IsBlank(pieces[^1]) ? 1 : 0);

    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    /// <summary>Whether a line may have that for its name: a text, a number, or nothing.</summary>
    public static bool IsName(JsonValue? name) => name is null || (name.Kind is JsonKind.Text or JsonKind.Number && name.Text.Length <= LongestName);
}
