using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Vllm;

/// <summary>vLLM's scoring: one text with another, with each of several, or pair by pair; scores in the order of the request.</summary>
internal sealed class VllmScoreDialect() : RerankDialect("vllm-score", CohereErrors.Instance)
{
    public override bool Recognizes(JsonFields fields) => VllmScoreRequest.HasSides(fields);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) => VllmScoreRequest.ReadCall(fields, options);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => VllmScoreReply.Write(writer, call, reply);
}
