using System.Buffers;
using System.Text.Json;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Dialects.KServe;

/// <summary>The Open Inference Protocol (KServe v2): tensors in, tensors out, as JSON or as bytes behind it.</summary>
internal sealed class KServeDialect() : RerankDialect("kserve", KServeErrors.Instance)
{
    public override bool Recognizes(JsonFields fields) => fields.Has(KServeRequest.Inputs);

    public override RerankCall ReadCall(JsonFields fields, GatewayOptions options) => KServeRequest.ReadCall(fields, options);

    public override void WriteReply(Utf8JsonWriter writer, RerankCall call, RankedReply reply) => KServeReply.Write(writer, (KServeCall)call, reply);

    public override void WriteAttached(IBufferWriter<byte> buffer, RerankCall call, RankedReply reply) =>
        KServeReply.WriteAttached(buffer, (KServeCall)call, reply);
}
