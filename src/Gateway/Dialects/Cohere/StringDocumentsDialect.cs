using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>
/// The <c>documents</c> family with strings only. In its reply a document is a plain string, left out where it was not asked for, and
/// there is no place for a warning.
/// </summary>
/// <param name="name">Name in metrics and traces.</param>
/// <param name="errors">The shape of its errors.</param>
/// <param name="kind">What the reply says that it is.</param>
/// <param name="list">The reply's list of entries.</param>
internal abstract class StringDocumentsDialect(string name, IErrorFormat errors, string kind, string list) : RerankDialect(name, errors)
{
    public override bool Recognizes(JsonFields fields) => fields.Has(CohereRequest.Passages);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        fields.RefuseInstructions();
        return CohereRequest.ReadCall(fields, options, allowObjects: false);
    }

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("object"u8, kind);
        writer.WriteStartArray(list);
        foreach (var entry in reply.Ranking)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, entry.Index);
            writer.WriteScore("relevance_score"u8, entry, call.RawScores);
            writer.WriteTokens(entry, call);
            if (call.ReturnTexts)
            {
                writer.WriteText("document"u8, call.Passages[entry.Index]);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("model"u8, reply.Result.Model);
        writer.WriteUsage(reply.Result.Usage);
        WriteEnd(writer, reply);
        writer.WriteEndObject();
    }

    /// <summary>Writes what the reply has beside that; most have nothing.</summary>
    protected virtual void WriteEnd(Utf8JsonWriter writer, RankedReply reply)
    {
    }
}
