using Grpc.Core;
using Microsoft.Extensions.Options;
using Reranker.Fleet;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Dialects.KServe;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Health;
using Reranker.Gateway.Models;
using Reranker.Protocols.KServeWire;

namespace Reranker.Gateway.Rpc.KServe;

/// <summary>The Open Inference Protocol's <c>inference.GRPCInferenceService</c>.</summary>
internal sealed class KServeService(RpcScorer scorer, FleetPoller fleet, ModelNames names, IOptions<GatewayOptions> options)
    : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = fleet.IsReady });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = KServeTensors.Platform, Version = RpcVersion.Text });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse { Ready = FindModel(request.Name, request.Version).ReadyWorkers > 0 });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        var model = FindModel(request.Name, request.Version);
        return Task.FromResult(new ModelMetadataResponse
        {
            Name = model.Name,
            Versions = { model.Identity },
            Platform = KServeTensors.Platform,
            Inputs = { CreateTensor(KServeTensors.Query, KServeTensors.TextType), CreateTensor(KServeTensors.Passages, KServeTensors.TextType) },
            Outputs = { KServeTensors.AllOutputs.Select(static name => CreateTensor(name, KServeTensors.ScoreType)) },
        });
    }

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) => scorer.AnswerAsync(
        context, () => KServeMessages.ReadCall(request, options.Value), KServeMessages.CreateResponse);

    private static ModelMetadataResponse.Types.TensorMetadata CreateTensor(string name, string type) => new() { Name = name, Datatype = type, Shape = { -1 } };

    private ModelInfo FindModel(string requested, string version)
    {
        if (fleet.Current is not { Models.Length: > 0 } known)
        {
            throw RpcStatus.CreateException(RpcContract.KServe, GatewayError.CreateNoModel());
        }

        var name = names.ResolveName(version.Length > 0 ? version : requested, known);
        return Array.Find(known.Models, model => name is null || model.Name == name || model.Identity == name)
            ?? throw RpcStatus.CreateException(
                RpcContract.KServe,
                ModelNames.AddServedNames(new GatewayError(GatewayErrorKind.UnknownModel, "No such model is served.", "model"), known));
    }
}
