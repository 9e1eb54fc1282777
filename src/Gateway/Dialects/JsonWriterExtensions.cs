using System.Text.Json;
using Reranker.Client;

namespace Reranker.Gateway.Dialects;

internal static class JsonWriterExtensions
{
    /// <summary>The relevance, or the logit where it was asked for.</summary>
    public static void WriteScore(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, PassageScore entry, bool raw)
    {
        if (raw)
        {
            writer.WriteNumber(name, entry.Logit);
        }
        else
        {
            writer.WriteNumber(name, entry.Score);
        }
    }
}
