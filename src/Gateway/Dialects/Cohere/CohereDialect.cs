using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>
/// <c>documents</c> in, <c>results</c> out: Cohere's format of both versions, and what Jina, vLLM, Infinity and Xinference
/// made of it. Their request fields do not collide and their replies are read leniently, so one superset serves all.
/// </summary>
/// <param name="name">Name in metrics and traces.</param>
/// <param name="apiVersion">What <c>meta.api_version</c> says.</param>
internal sealed class CohereDialect(string name, string apiVersion) : RerankDialect(name, CohereErrors.Instance)
{
    public override bool Recognizes(JsonFields fields) => fields.Has(CohereRequest.Passages);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) => CohereRequest.ReadCall(fields, options);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => CohereReply.Write(writer, call, reply, apiVersion);
}
