using Grpc.Core;
using Grpc.Net.Client;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Rpc;

/// <summary>A gateway that listens for gRPC, and a channel to it.</summary>
internal sealed class RpcTestHost : IAsyncDisposable
{
    private RpcTestHost(GatewayHost gateway)
    {
        Gateway = gateway;
        Channel = GrpcChannel.ForAddress(gateway.Grpc!, new GrpcChannelOptions { MaxReceiveMessageSize = null });
    }

    public GatewayHost Gateway { get; }

    public GrpcChannel Channel { get; }

    public ScriptedReranker Reranker => Gateway.Reranker;

    public static async Task<RpcTestHost> StartAsync(params (string Key, string Value)[] settings) =>
        new(await GatewayHost.StartAsync([GatewayHost.WithGrpc, .. settings]));

    /// <summary>The error that a call ends with.</summary>
    public static async Task<RpcException> FailAsync<T>(AsyncUnaryCall<T> call) => await Assert.ThrowsAsync<RpcException>(async () => await call);

    /// <summary>Repeats a call until it is not refused for want of capacity, and gives its reply.</summary>
    public static async Task<T> SucceedAsync<T>(Func<AsyncUnaryCall<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Gateway.DisposeAsync();
    }
}
