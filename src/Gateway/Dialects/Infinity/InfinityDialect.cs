using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Infinity;

/// <summary>Infinity: the <c>documents</c> family with strings only, both in the request and in the reply.</summary>
internal sealed class InfinityDialect : IRerankDialect
{
    public string Name => "infinity";

    public IErrorFormat Errors => CohereErrors.Instance;

    public bool Recognizes(JsonFields fields) => fields.Has(CohereRequest.Passages);

    public RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        fields.RefuseInstructions();
        return CohereRequest.ReadCall(fields, options, allowObjects: false);
    }

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => InfinityReply.Write(writer, call, reply);
}
