using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Text Embeddings Inference's classification of pairs: <c>inputs</c> in, a score with a label a pair out, in their order.</summary>
internal sealed class TeiPredictDialect : IRerankDialect
{
    public string Name => "tei-predict";

    public IErrorFormat Errors => TeiErrors.Instance;

    public bool Recognizes(JsonFields fields) => fields.Has(TeiPredictRequest.Pairs);

    public RerankCall ReadCall(JsonFields fields, GatewayOptions options) => TeiPredictRequest.ReadCall(fields, options);

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => TeiPredictReply.Write(writer, call, reply);

    public void SetHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply) => TeiReply.SetHeaders(headers, call, reply);
}
