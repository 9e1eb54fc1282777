using System.Text.Json;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>
/// <c>documents</c> in, <c>results</c> out: Cohere's format of both versions, and what Jina, vLLM, Infinity and Xinference
/// made of it. Their request fields do not collide and their replies are read leniently, so one superset serves all.
/// </summary>
/// <param name="name">Name in metrics and traces.</param>
/// <param name="apiVersion">What <c>meta.api_version</c> says.</param>
internal sealed class CohereDialect(string name, string apiVersion) : IRerankDialect
{
    // A billed search is one query with up to this many documents.
    private const int DocumentsPerSearchUnit = 100;

    public string Name => name;

    public bool Recognizes(JsonFields fields) => fields.Has("documents");

    public RerankCall Parse(JsonFields fields, GatewayOptions options) => new()
    {
        Query = fields.Query(),
        Passages = fields.Passages("documents", fields.RankFields(), allowObjects: true, options.MaxPassages),
        Model = fields.Text("model"),
        Top = fields.Limit("top_n"),
        ReturnTexts = fields.Boolean("return_documents") ?? false,
        RawScores = fields.WantsLogits(),
        Truncation = fields.Truncation(options.AutoTruncate),
        MaxChunks = fields.Limit("max_chunks_per_doc"),
        ChunkOverlap = fields.Count("overlap_tokens"),
        Warnings = fields.Warnings(),
    };

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, reply.Id);
        writer.WriteString("model"u8, reply.Result.Model);
        writer.WriteStartArray("results"u8);
        foreach (var entry in reply.Ranking)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, entry.Index);
            writer.WriteScore("relevance_score"u8, entry, call.RawScores);
            if (call.ReturnTexts)
            {
                writer.WriteStartObject("document"u8);
                writer.WriteText("text"u8, call.Passages[entry.Index]);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, reply.Result.Usage.Tokens);
        writer.WriteNumber("total_tokens"u8, reply.Result.Usage.Tokens);
        writer.WriteEndObject();
        WriteMeta(writer, call, reply);
        writer.WriteEndObject();
    }

    public void AddHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply)
    {
    }

    public int StatusOf(GatewayErrorKind kind) => CommonStatus.Of(kind);

    /// <summary><c>message</c> is what Cohere's clients read, <c>detail</c> what those of Jina, Haystack and Xinference do, on the same path.</summary>
    public void WriteError(Utf8JsonWriter writer, GatewayError error, int status)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("detail"u8, error.Message);
        writer.WriteEndObject();
    }

    private void WriteMeta(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
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
        foreach (var warning in call.Warnings.Concat(TruncationWarnings.Of(reply.Result.Usage)))
        {
            writer.WriteStringValue(warning);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
