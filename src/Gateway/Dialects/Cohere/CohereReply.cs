using System.Text.Json;
using Reranker.Gateway.Calls;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>Writes the replies of the <c>documents</c> family: <c>results</c>, and what its members say of use beside them.</summary>
internal static class CohereReply
{
    // A billed search is one query with up to this many documents.
    private const int DocumentsPerSearchUnit = 100;

    /// <summary>Writes the body of a success.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="call">What was asked for.</param>
    /// <param name="reply">The ranking.</param>
    /// <param name="apiVersion">What <c>meta.api_version</c> says.</param>
    public static void Write(Utf8JsonWriter writer, RerankCall call, RankedReply reply, string apiVersion)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, reply.Id);
        writer.WriteString("model"u8, reply.Result.Model);
        WriteResults(writer, call, reply);
        writer.WriteUsage(reply.Result.Usage);
        WriteMeta(writer, call, reply, apiVersion);
        writer.WriteEndObject();
    }

    private static void WriteResults(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartArray("results"u8);
        foreach (var entry in reply.Ranking)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, entry.Index);
            writer.WriteScore("relevance_score"u8, entry, call.RawScores);
            writer.WriteTokens(entry, call);
            if (call.ReturnTexts)
            {
                WriteDocument(writer, call, entry.Index);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteDocument(Utf8JsonWriter writer, RerankCall call, int index)
    {
        if (call.Objects?[index] is { } json)
        {
            writer.WritePropertyName("document"u8);
            writer.WriteRawValue(json, skipInputValidation: true);
            return;
        }

        writer.WriteStartObject("document"u8);
        writer.WriteText("text"u8, call.Passages[index]);
        writer.WriteEndObject();
    }

    private static void WriteMeta(Utf8JsonWriter writer, RerankCall call, RankedReply reply, string apiVersion)
    {
        writer.WriteStartObject("meta"u8);
        writer.WriteStartObject("api_version"u8);
        writer.WriteString("version"u8, apiVersion);
        writer.WriteBoolean("is_experimental"u8, false);
        writer.WriteEndObject();
        writer.WriteStartObject("billed_units"u8);
        writer.WriteNumber("search_units"u8, (call.Passages.Length + DocumentsPerSearchUnit - 1) / DocumentsPerSearchUnit);
        writer.WriteEndObject();
        writer.WriteStartObject("tokens"u8);
        writer.WriteNumber("input_tokens"u8, reply.Result.Usage.Tokens);
        writer.WriteNumber("output_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteStartArray("warnings"u8);
        foreach (var warning in call.Warnings.Concat(TruncationWarnings.Describe(reply.Result.Usage)))
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
