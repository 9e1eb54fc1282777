using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Dialects.Cohere;

namespace Reranker.Gateway.Dialects.Infinity;

/// <summary>Infinity: strings as documents, <c>results</c> out.</summary>
internal sealed class InfinityDialect() : StringDocumentsDialect("infinity", CohereErrors.Instance, "rerank", "results")
{
    protected override void WriteEnd(Utf8JsonWriter writer, RankedReply reply)
    {
        writer.WriteString("id"u8, reply.Id);
        writer.WriteNumber("created"u8, reply.Created.ToUnixTimeSeconds());
    }
}
