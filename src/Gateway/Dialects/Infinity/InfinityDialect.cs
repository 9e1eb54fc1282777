using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Dialects.Cohere;

namespace Reranker.Gateway.Dialects.Infinity;

/// <summary>Infinity: strings as documents, <c>results</c> out.</summary>
internal sealed class InfinityDialect() : StringDocumentsDialect("infinity")
{
    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => InfinityReply.Write(writer, call, reply);
}
