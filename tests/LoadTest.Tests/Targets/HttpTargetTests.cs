using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Targets;
using Reranker.LoadTest.Tests.Fakes;

namespace Reranker.LoadTest.Tests.Targets;

public sealed class HttpTargetTests
{
    private const string TwoScores = """[{"index":1,"score":2},{"index":0,"score":1}]""";

    private static LoadOptions To(params Uri[] urls) => new() { Urls = urls, ApiKey = "k", Deadline = TimeSpan.FromSeconds(30) };

    private static async Task<(Answer Answer, float[] Scores)> SendAsync(HttpTarget target, CancellationToken cancellationToken)
    {
        var scores = new float[2];
        return (await target.SendAsync(LoadBody.Create("q", ["a", "ü\""]), scores, cancellationToken), scores);
    }

    // Bound, so that nobody else takes it, and not listening, so that a connection is refused.
    private static (Socket Socket, Uri Url) Nobody()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (socket, new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}"));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_request_is_the_servers_dialect_and_the_answer_is_read()
    {
        JsonElement seen = default;
        var headers = new Dictionary<string, string>();
        await using var gateway = await FakeGateway.StartAsync(async context =>
        {
            seen = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            headers["deadline"] = context.Request.Headers["X-Request-Timeout-Ms"].ToString();
            headers["key"] = context.Request.Headers.Authorization.ToString();
            context.Response.Headers["x-compute-tokens"] = "77";
            await context.Response.WriteAsync(TwoScores);
        });
        await using var target = new HttpTarget(To(gateway.Url));
        var (answer, scores) = await SendAsync(target, TestContext.Current.CancellationToken);
        Assert.Equal(new Answer(null, false, 77), answer);
        Assert.Equal([1f, 2f], scores);
        Assert.Equal("q", seen.GetProperty("query").GetString());
        Assert.Equal(["a", "ü\""], seen.GetProperty("texts").EnumerateArray().Select(t => t.GetString()));
        Assert.True(seen.GetProperty("raw_scores").GetBoolean());
        Assert.Equal("30000", headers["deadline"]);
        Assert.Equal("Bearer k", headers["key"]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(500, false)]
    public async Task A_status_is_the_kind_of_error(int status, bool refused)
    {
        await using var gateway = await FakeGateway.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("no");
        });
        await using var target = new HttpTarget(To(gateway.Url));
        Assert.Equal(new Answer($"{status}", refused), (await SendAsync(target, TestContext.Current.CancellationToken)).Answer);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_reply_that_breaks_off_is_a_lost_connection_and_one_that_is_not_there_too()
    {
        await using var gateway = await FakeGateway.StartAsync(async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("[");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var target = new HttpTarget(To(gateway.Url));
        Assert.StartsWith("connection ", (await SendAsync(target, TestContext.Current.CancellationToken)).Answer.Error);

        var (socket, url) = Nobody();
        using var held = socket;
        await using var alone = new HttpTarget(To(url));
        Assert.Equal("connection ConnectionError", (await SendAsync(alone, TestContext.Current.CancellationToken)).Answer.Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_never_answers_is_given_up_after_the_deadline()
    {
        await using var gateway = await FakeGateway.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var target = new HttpTarget(To(gateway.Url) with { Deadline = TimeSpan.FromMilliseconds(1) });
        Assert.Equal(new Answer("timeout"), (await SendAsync(target, TestContext.Current.CancellationToken)).Answer);
    }

    [Fact(Timeout = 60_000)]
    public async Task Gateways_are_taken_in_turn_and_without_failover_a_dead_one_is_reported()
    {
        await using var gateway = await FakeGateway.StartAsync(context => context.Response.WriteAsync(TwoScores));
        var (socket, url) = Nobody();
        using var held = socket;
        await using var target = new HttpTarget(To(gateway.Url, url));
        var errors = new List<string?>();
        for (var i = 0; i < 4; i++)
        {
            errors.Add((await SendAsync(target, TestContext.Current.CancellationToken)).Answer.Error);
        }

        Assert.Equal([null, "connection ConnectionError", null, "connection ConnectionError"], errors);

        await using var failover = new HttpTarget(To(gateway.Url, url) with { Failover = true });
        for (var i = 0; i < 4; i++)
        {
            Assert.Null((await SendAsync(failover, TestContext.Current.CancellationToken)).Answer.Error);
        }
    }
}
