using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Hosting;

public sealed class StopLimitTests
{
    [Theory]
    [InlineData("00:00:00", "00:00:04", 3)]
    [InlineData("00:00:02", "00:00:10", 10)]
    [InlineData("00:00:05", "00:02:00", 123)]
    public async Task A_host_stops_within_the_times_of_its_gateway_also_where_they_are_short(string drain, string stop, int seconds)
    {
        await using var host = await GatewayHost.StartAsync(("DrainDelay", drain), ("ShutdownTimeout", stop));

        Assert.Equal(TimeSpan.FromSeconds(seconds), host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public async Task Callers_that_never_end_do_not_hold_up_the_stop()
    {
        await using var host = await GatewayHost.StartAsync(("DrainDelay", "00:00:00"), ("ShutdownTimeout", "00:00:02"));
        using var sender = host.Connect();
        await sender.SendHeadAsync("/v1/rerank", 1_000_000);
        using var half = host.Connect();
        await half.SendAsync("GET /health HTTP/1.1\r\nHos");
        using var idle = host.Connect();
        await idle.SendAsync("GET /health HTTP/1.1\r\nHost: gateway\r\n\r\n");
        Assert.Equal(200, (await idle.ReceiveAsync()).Status);

        // As the host does it when it is told to end.
        using var grace = new CancellationTokenSource(host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        await host.StopAsync(grace.Token).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.True(await sender.IsClosedAsync());
        Assert.True(await half.IsClosedAsync());
        Assert.True(await idle.IsClosedAsync());
    }
}
