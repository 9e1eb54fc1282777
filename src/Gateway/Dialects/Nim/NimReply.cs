using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Nim;

/// <summary>Writes NIM's replies: logits, the best first.</summary>
internal static class NimReply
{
    public static void Write(Utf8JsonWriter writer, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("rankings"u8);
        foreach (var entry in reply.Ranking)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, entry.Index);
            writer.WriteNumber("logit"u8, entry.Logit);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteUsage(reply.Result.Usage);
        writer.WriteEndObject();
    }
}
