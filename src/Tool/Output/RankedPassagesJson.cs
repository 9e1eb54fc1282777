using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reranker.Tool.Output;

/// <summary>A ranking as programs read it: JSON in UTF-8, letters of all languages as they are.</summary>
internal static class RankedPassagesJson
{
    // Web pages need <, > and & escaped; a terminal and a file do not, and people read both.
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerOptions.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the rows, which are already in rank order, and a line feed.</summary>
    /// <param name="output">Bytes, because JSON is UTF-8 whatever a terminal's encoding is.</param>
    /// <param name="rows">The ranking.</param>
    public static void WriteRows(Stream output, IReadOnlyList<RankedPassage> rows)
    {
        JsonSerializer.Serialize(output, rows, Readable);
        output.WriteByte((byte)'\n');
        output.Flush();
    }
}
