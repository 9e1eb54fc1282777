using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Health;
using Reranker.Protocols.TeiWire;

namespace Reranker.Gateway.Rpc.Tei;

/// <summary>Text Embeddings Inference's <c>tei.v1.Info</c>.</summary>
internal sealed class TeiInfoService(FleetPoller fleet, IOptions<GatewayOptions> options) : Protocols.TeiWire.Info.InfoBase
{
    public override Task<InfoResponse> Info(InfoRequest request, ServerCallContext context) => fleet.Current is { Models.Length: > 0 } known
        ? Task.FromResult(TeiMessages.CreateInfo(known, options.Value, RpcVersion.Text))
        : throw RpcStatus.CreateException(RpcContract.Tei, GatewayError.CreateNoModel());
}
