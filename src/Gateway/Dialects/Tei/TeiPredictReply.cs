using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Writes the labels of pairs. The model has one label, so a pair's list of them has one entry.</summary>
internal static class TeiPredictReply
{
    public static void Write(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        if (call.IsPairList)
        {
            writer.WriteStartArray();
        }

        foreach (var entry in reply.Result.Passages)
        {
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteScore("score"u8, entry, call.RawScores);
            writer.WriteString("label"u8, "LABEL_0");
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        if (call.IsPairList)
        {
            writer.WriteEndArray();
        }
    }
}
