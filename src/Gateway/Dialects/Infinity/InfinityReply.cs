using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Infinity;

/// <summary>Writes Infinity's replies; a document is a plain string, and is left out where it was not asked for.</summary>
internal static class InfinityReply
{
    public static void Write(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "rerank");
        writer.WriteStartArray("results"u8);
        writer.WriteStringEntries(call, reply);
        writer.WriteEndArray();
        writer.WriteString("model"u8, reply.Result.Model);
        writer.WriteUsage(reply.Result.Usage);
        writer.WriteString("id"u8, reply.Id);
        writer.WriteNumber("created"u8, reply.Created.ToUnixTimeSeconds());
        writer.WriteEndObject();
    }
}
