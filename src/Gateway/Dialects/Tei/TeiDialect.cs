using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Text Embeddings Inference: <c>texts</c> in, a bare array out.</summary>
internal sealed class TeiDialect() : TeiTimedDialect("tei")
{
    public override bool Recognizes(JsonFields fields) => fields.Has(TeiRequest.Passages);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) => TeiRequest.ReadCall(fields, options);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => TeiReply.Write(writer, call, reply);
}
