using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Reranker.Gateway.Health;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Reranker.Gateway.Tests.Rpc;

public sealed class HealthServiceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_serves_while_a_worker_is_ready_and_tells_so_without_a_key()
    {
        await using var host = await RpcTestHost.StartAsync(
            ("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", "key-of-a-0123456789"), ("FleetPollInterval", "50ms"), ("FleetMaxAge", "15s"));
        var client = new Grpc.Health.V1.Health.HealthClient(host.Channel);
        var serving = await client.CheckAsync(new HealthCheckRequest(), cancellationToken: Cancelled);
        using var watch = client.Watch(new HealthCheckRequest { Service = "reranker.v1.Rerank" }, cancellationToken: Cancelled);
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        var first = watch.ResponseStream.Current.Status;

        var fleet = host.Gateway.Fleet.Info!;
        host.Gateway.Fleet.Info = fleet with { Models = [fleet.Models[0] with { ReadyWorkers = 0 }] };
        await host.Gateway.Services.GetRequiredService<FleetPoller>().RefreshAsync(Cancelled);

        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal([Status.Serving, Status.Serving, Status.NotServing], [serving.Status, first, watch.ResponseStream.Current.Status]);
        Assert.Equal(Status.NotServing, (await client.CheckAsync(new HealthCheckRequest { Service = "tei.v1.Rerank" }, cancellationToken: Cancelled)).Status);
        var unknown = await RpcTestHost.FailAsync(client.CheckAsync(new HealthCheckRequest { Service = "other" }, cancellationToken: Cancelled));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_watch_does_not_hold_up_a_stop()
    {
        await using var host = await RpcTestHost.StartAsync(("DrainDelay", "0s"));
        using var watch = new Grpc.Health.V1.Health.HealthClient(host.Channel).Watch(new HealthCheckRequest(), cancellationToken: Cancelled);
        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));

        await host.Gateway.StopAsync(Cancelled);

        Assert.True(await watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(Status.NotServing, watch.ResponseStream.Current.Status);
        var end = await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
    }
}
