using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.Nim;

/// <summary>NVIDIA NIM: <c>passages</c> in, <c>rankings</c> of logits out.</summary>
internal sealed class NimDialect() : RerankDialect("nim", NimErrors.Instance)
{
    public override bool Recognizes(JsonFields fields) => fields.Has(NimRequest.Passages);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) => NimRequest.ReadCall(fields, options);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => NimReply.Write(writer, reply);
}
