using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Text Embeddings Inference: <c>texts</c> in, a bare array out.</summary>
internal sealed class TeiDialect : IRerankDialect
{
    public string Name => "tei";

    public IErrorFormat Errors => TeiErrors.Instance;

    public bool Recognizes(JsonFields fields) => fields.Has(TeiRequest.Passages);

    public RerankCall ReadCall(JsonFields fields, GatewayOptions options) => TeiRequest.ReadCall(fields, options);

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => TeiReply.Write(writer, call, reply);

    public void SetHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply) => TeiReply.SetHeaders(headers, call, reply);
}
