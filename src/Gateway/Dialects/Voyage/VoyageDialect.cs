using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.Cohere;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Voyage;

/// <summary>Voyage: strings as documents, <c>top_k</c> in, <c>data</c> out.</summary>
internal sealed class VoyageDialect : IRerankDialect
{
    public string Name => "voyage";

    public IErrorFormat Errors => VoyageErrors.Instance;

    public bool Recognizes(JsonFields fields) => fields.Has(CohereRequest.Passages);

    public RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        fields.RefuseInstructions();
        return CohereRequest.ReadCall(fields, options, allowObjects: false);
    }

    public void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => VoyageReply.Write(writer, call, reply);
}
