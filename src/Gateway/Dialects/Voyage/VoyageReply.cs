using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Voyage;

/// <summary>Writes Voyage's replies; a document is a plain string, and is left out where it was not asked for.</summary>
internal static class VoyageReply
{
    public static void Write(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list");
        writer.WriteStartArray("data"u8);
        writer.WriteStringEntries(call, reply);
        writer.WriteEndArray();
        writer.WriteString("model"u8, reply.Result.Model);
        writer.WriteUsage(reply.Result.Usage);
        writer.WriteEndObject();
    }
}
