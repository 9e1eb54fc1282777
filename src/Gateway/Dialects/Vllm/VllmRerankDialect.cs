using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Vllm;

/// <summary>vLLM's reranking: the <c>documents</c> family, whose documents come back as their text unless the body says otherwise.</summary>
internal sealed class VllmRerankDialect() : RerankDialect("vllm", CohereErrors.Instance)
{
    private const string ApiVersion = "1";

    public override bool Recognizes(JsonFields fields) => fields.Has(CohereRequest.Passages);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) =>
        CohereRequest.ReadCall(fields, options, repeatsObjects: false, returnsDocuments: true);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => CohereReply.Write(writer, call, reply, ApiVersion);
}
