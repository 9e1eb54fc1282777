using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects;

/// <summary>A dialect whose reply is JSON alone, with no headers of its own, unless it says otherwise.</summary>
/// <param name="name">Name in metrics and traces.</param>
/// <param name="errors">The shape of its errors.</param>
internal abstract class RerankDialect(string name, IErrorFormat errors) : IRerankDialect
{
    public string Name => name;

    public IErrorFormat Errors => errors;

    public abstract bool Recognizes(JsonFields fields);

    public abstract RerankCall ReadCall(JsonFields fields, GatewayOptions options);

    public abstract void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply);

    public virtual void WriteAttached(IBufferWriter<byte> buffer, RerankCall call, RankedReply reply)
    {
    }

    public virtual void SetHeaders(IHeaderDictionary headers, RerankCall call, RankedReply reply)
    {
    }
}
