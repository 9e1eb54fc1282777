using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Cohere;

/// <summary>The <c>documents</c> family with strings only, both in the request and in the reply, which has no place for a warning.</summary>
/// <param name="name">Name in metrics and traces.</param>
internal abstract class StringDocumentsDialect(string name) : IRerankDialect
{
    public string Name => name;

    public virtual IErrorFormat Errors => CohereErrors.Instance;

    public bool Recognizes(JsonFields fields) => fields.Has(CohereRequest.Passages);

    public RerankCall ReadCall(JsonFields fields, GatewayOptions options)
    {
        fields.RefuseInstructions();
        return CohereRequest.ReadCall(fields, options, allowObjects: false);
    }

    public abstract void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply);
}
