using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Vllm;

/// <summary>Writes the replies of scoring: a list in OpenAI's shape.</summary>
internal static class VllmScoreReply
{
    public static void Write(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, reply.Id);
        writer.WriteString("object"u8, "list");
        writer.WriteNumber("created"u8, reply.Created.ToUnixTimeSeconds());
        writer.WriteString("model"u8, reply.Result.Model);
        writer.WriteStartArray("data"u8);
        foreach (var entry in reply.Result.Passages)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, entry.Index);
            writer.WriteString("object"u8, "score");
            writer.WriteScore("score"u8, entry, call.RawScores);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteUsage(reply.Result.Usage);
        writer.WriteEndObject();
    }
}
