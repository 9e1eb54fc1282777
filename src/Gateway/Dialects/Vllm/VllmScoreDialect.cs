using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Vllm;

/// <summary>vLLM's scoring: one text with another, with each of several, or pair by pair; scores in the order of the request.</summary>
internal sealed class VllmScoreDialect : IRerankDialect
{
    public string Name => "vllm-score";

    public IErrorFormat Errors => CohereErrors.Instance;

    public bool Recognizes(JsonFields fields) => VllmScoreRequest.HasSides(fields);

    public RerankCall ReadCall(JsonFields fields, GatewayOptions options) => VllmScoreRequest.ReadCall(fields, options);

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => VllmScoreReply.Write(writer, call, reply);
}
