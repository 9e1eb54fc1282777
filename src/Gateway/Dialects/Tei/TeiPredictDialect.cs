using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Tei;

/// <summary>Text Embeddings Inference's classification of pairs: <c>inputs</c> in, a score with a label a pair out, in their order.</summary>
internal sealed class TeiPredictDialect() : TeiTimedDialect("tei-predict")
{
    public override bool Recognizes(JsonFields fields) => fields.Has(TeiPredictRequest.Pairs);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) => TeiPredictRequest.ReadCall(fields, options);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => TeiPredictReply.Write(writer, call, reply);
}
