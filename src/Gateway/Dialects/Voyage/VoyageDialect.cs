using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;

namespace Reranker.Gateway.Dialects.Voyage;

/// <summary>Voyage: strings as documents, <c>top_k</c> in, <c>data</c> out.</summary>
internal sealed class VoyageDialect() : StringDocumentsDialect("voyage")
{
    public override IErrorFormat Errors => VoyageErrors.Instance;

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => VoyageReply.Write(writer, call, reply);
}
