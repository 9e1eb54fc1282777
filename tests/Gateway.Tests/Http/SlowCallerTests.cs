using Reranker.Gateway.Tests.Fakes;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Http;

/// <summary>A caller that is slow, on purpose or not, costs nobody else an answer, and comes to an end.</summary>
public sealed class SlowCallerTests
{
    private const string Body = """{"query":"q","documents":["a"]}""";

    [Fact]
    public async Task Bodies_that_are_on_their_way_hold_no_permit()
    {
        await using var host = await GatewayHost.StartAsync(("MaxConcurrentRequests", "2"));
        using var first = host.Connect();
        using var second = host.Connect();
        foreach (var slow in (RawConnection[])[first, second])
        {
            await slow.SendHeadAsync("/v1/rerank", Body.Length);
            await slow.SendAsync(Body[..10]);
        }

        await Until.TrueAsync(() => host.HeldBytes >= 20);
        Assert.Equal(200, (await host.PostAsync("/v1/rerank", Body)).Status);

        await first.SendAsync(Body[10..]);
        Assert.Equal(200, (await first.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task Refused_bodies_of_callers_without_a_key_do_not_hold_up_the_connection_of_a_tenant()
    {
        const string key = "a-key-that-is-long-enough";
        await using var host = await GatewayHost.StartAsync(
            ("ApiKeys:0:Key", key), ("ApiKeys:0:Tenant", "a"), ("MinBytesPerSecond", "0"), ("BodyTimeout", "00:05:00"));
        var slow = Enumerable.Range(0, 8).Select(_ => host.Connect()).ToArray();
        try
        {
            foreach (var sender in slow)
            {
                await sender.SendHeadAsync("/v1/rerank", Body.Length);
                await sender.SendAsync(Body[..10]);
                Assert.Equal(401, (await sender.ReceiveAsync()).Status);
            }

            using var tenant = host.Connect();
            await tenant.SendHeadAsync("/v1/rerank", Body.Length, ("Authorization", key), ("Content-Encoding", "none-such"));
            Assert.Equal(415, (await tenant.ReceiveAsync()).Status);
            await tenant.SendAsync(Body);
            await tenant.SendHeadAsync("/v1/rerank", Body.Length, ("Authorization", key));
            await tenant.SendAsync(Body);

            Assert.Equal(200, (await tenant.ReceiveAsync()).Status);
        }
        finally
        {
            Array.ForEach(slow, static sender => sender.Dispose());
        }
    }

    [Fact]
    public async Task A_body_that_does_not_come_in_time_is_408_and_gives_its_memory_back()
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time, ("MaxBodyBytes", "1000"), ("MaxBodyBytesInFlight", "3000"), ("BodyTimeout", "00:00:30"));
        using var slow = host.Connect();
        await slow.SendHeadAsync("/v1/rerank", 900);
        await slow.SendAsync(new string(' ', 890));
        await Until.TrueAsync(() => host.HeldBytes > 0);

        time.Advance(TimeSpan.FromSeconds(31));

        var (status, text) = await slow.ReceiveAsync();
        Assert.Equal(408, status);
        Assert.Contains("too slowly", text, StringComparison.Ordinal);
        await Until.TrueAsync(() => host.HeldBytes == 0);
    }

    [Fact]
    public async Task The_deadline_of_a_request_bounds_the_reading_of_its_body()
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time, ("BodyTimeout", "00:00:30"));
        using var slow = host.Connect();
        await slow.SendHeadAsync("/v2/rerank", Body.Length, ("X-Request-Timeout-Ms", "2000"));
        await slow.SendAsync(Body[..10]);
        await Until.TrueAsync(() => host.HeldBytes > 0);

        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(504, (await slow.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_holds_no_permit()
    {
        await using var host = await GatewayHost.StartAsync(("MaxConcurrentRequests", "1"));
        using var slow = await SendToSlowReaderAsync(host);

        Assert.Equal(200, (await host.PostAsync("/v1/rerank", Body)).Status);
    }

    [Theory]
    [InlineData("0", 31)]
    [InlineData("16384", 10)]
    public async Task A_reader_that_takes_nothing_is_cut_off_and_gives_its_memory_back(string rate, int seconds)
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time, ("ReplyTimeout", "00:00:30"), ("MinBytesPerSecond", rate));
        using var slow = await SendToSlowReaderAsync(host);

        // Pieces that the sockets still take each begin anew.
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return host.HeldBytes == 0;
        });
        Assert.False(await slow.ReadToEndAsync());
    }

    // Its reply is larger than what the sockets of both sides take.
    private static async Task<RawConnection> SendToSlowReaderAsync(GatewayHost host)
    {
        var body = $$"""{"query":"q","return_documents":true,"documents":["{{new string('a', 20_000_000)}}"]}""";
        var slow = host.Connect();
        await slow.SendHeadAsync("/v1/rerank", body.Length);
        await slow.SendAsync(body);
        Assert.Equal(200, (await slow.ReceiveAsync()).Status);
        return slow;
    }
}
