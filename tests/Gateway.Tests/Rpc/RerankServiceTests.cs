using System.Globalization;
using Grpc.Core;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Protocols.Wire;
using Reranker.Requests;
using Reranker.TestKit;
using RerankRequest = Reranker.Protocols.Wire.RerankRequest;

namespace Reranker.Gateway.Tests.Rpc;

public sealed class RerankServiceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Passages_come_back_best_first_with_all_that_is_known_of_them()
    {
        await using var host = await RpcTestHost.StartAsync();
        host.Reranker.CutTokens = 7;

        var reply = await CreateClient(host).RerankAsync(
            new RerankRequest { Query = "q", Passages = { "a", "aaaa", "aa" }, Model = ScriptedReranker.Model, TopN = 2, ReturnTexts = true, Id = "mine" },
            cancellationToken: Cancelled);

        Assert.Equal("mine", reply.Id);
        Assert.Equal([1u, 2u], reply.Results.Select(static result => result.Index));
        Assert.Equal(["aaaa", "aa"], reply.Results.Select(static result => result.Text));
        Assert.Equal(ScriptedReranker.LogitOf("aaaa"), reply.Results[0].Logit);
        Assert.Equal(1 / (1 + Math.Exp(-ScriptedReranker.LogitOf("aaaa"))), reply.Results[0].Score, 1e-9);
        Assert.Equal((ScriptedReranker.Model, ScriptedReranker.Identity), (reply.Model, reply.ModelIdentity));
        Assert.Equal((30ul, 3u, 1u), (reply.Usage.Tokens, reply.Usage.QueryTokens, reply.Usage.TruncatedPassages));
        Assert.Equal((1000ul, 2000ul, 3000ul), (reply.Timings.TokenizationUs, reply.Timings.QueueUs, reply.Timings.InferenceUs));
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task Wishes_of_truncation_reach_the_cluster()
    {
        await using var host = await RpcTestHost.StartAsync();

        await CreateClient(host).RerankAsync(
            new RerankRequest
            {
                Query = "q",
                Passages = { "a" },
                Truncation = new Truncation
                {
                    Allowed = false,
                    Strategy = Protocols.Wire.TruncationStrategy.LongestFirst,
                    Side = Protocols.Wire.TruncationSide.Left,
                    MaxPairTokens = 100,
                    MaxPassageTokens = 50,
                    MaxQueryTokens = 20,
                    MaxChunks = 3,
                    ChunkOverlap = 5,
                },
            },
            cancellationToken: Cancelled);

        var expected = new TruncationOptions
        {
            Allowed = false,
            Strategy = Requests.TruncationStrategy.LongestFirst,
            Side = Requests.TruncationSide.Left,
            MaxPairTokens = 100,
            MaxPassageTokens = 50,
            MaxQueryTokens = 20,
            MaxChunks = 3,
            ChunkOverlap = 5,
        };
        Assert.Equal(expected, Assert.Single(host.Reranker.Calls).Options.Truncation);
    }

    [Theory]
    [InlineData(RerankOutcome.Invalid, StatusCode.InvalidArgument)]
    [InlineData(RerankOutcome.TooLong, StatusCode.InvalidArgument)]
    [InlineData(RerankOutcome.UnknownModel, StatusCode.NotFound)]
    [InlineData(RerankOutcome.Busy, StatusCode.Unavailable)]
    [InlineData(RerankOutcome.Unavailable, StatusCode.Unavailable)]
    [InlineData(RerankOutcome.Expired, StatusCode.DeadlineExceeded)]
    [InlineData(RerankOutcome.Failed, StatusCode.Internal)]
    public async Task Each_outcome_has_its_status(object outcome, StatusCode code)
    {
        await using var host = await RpcTestHost.StartAsync();
        host.Reranker.Fail((RerankOutcome)outcome, TimeSpan.FromMilliseconds(1500));

        var error = await RpcTestHost.FailAsync(CreateClient(host).RerankAsync(new RerankRequest { Query = "q", Passages = { "a" } }, cancellationToken: Cancelled));

        Assert.Equal(code, error.StatusCode);
        Assert.Equal("1500", error.Trailers.GetValue("retry-after-ms"));
        Assert.Equal("1500", error.Trailers.GetValue("grpc-retry-pushback-ms"));
    }

    [Theory]
    [InlineData("", 1, "'query' must not be empty")]
    [InlineData(" \n", 1, "'query' must not be empty")]
    [InlineData("q", 0, "passages must not be empty")]
    [InlineData("q", 4, "'passages' has more than 3 entries")]
    public async Task What_is_wrong_with_a_request_is_said(string query, int passages, string message)
    {
        await using var host = await RpcTestHost.StartAsync(("MaxPassages", "3"));
        var request = new RerankRequest { Query = query, Passages = { Enumerable.Repeat("a", passages) } };

        var error = await RpcTestHost.FailAsync(CreateClient(host).RerankAsync(request, cancellationToken: Cancelled));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(message, error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_the_callers_own_limit_and_says_when_to_come_again()
    {
        await using var host = await RpcTestHost.StartAsync(
            ("ApiKeys:0:Tenant", "a"), ("ApiKeys:0:Key", "key-of-a-0123456789"), ("ApiKeys:0:TokensPerMinute", "30"));
        var client = CreateClient(host);
        var key = new Metadata { { "authorization", "Bearer key-of-a-0123456789" } };
        RerankRequest request = new() { Query = "q", Passages = { Enumerable.Range(0, 50).Select(static i => $"passage {i}") } };
        RpcException? error = null;
        for (var sent = 0; error is null && sent < 10; sent++)
        {
            try
            {
                await client.RerankAsync(request, key, cancellationToken: Cancelled);
            }
            catch (RpcException exception)
            {
                error = exception;
            }
        }

        Assert.Equal(StatusCode.ResourceExhausted, error!.StatusCode);
        Assert.True(int.Parse(error.Trailers.GetValue("retry-after-ms")!, CultureInfo.InvariantCulture) > 0);
    }

    [Fact]
    public async Task The_deadline_of_the_call_goes_with_the_request_and_ends_it()
    {
        await using var host = await RpcTestHost.StartAsync();
        var ended = new TaskCompletionSource();
        host.Reranker.Script = async cancelled =>
        {
            await using var registration = cancelled.Register(ended.SetResult);
            await Task.Delay(Timeout.Infinite, cancelled);
            throw new InvalidOperationException("The call went on.");
        };

        var error = await RpcTestHost.FailAsync(CreateClient(host).RerankAsync(
            new RerankRequest { Query = "q", Passages = { "a" } }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(4), cancellationToken: Cancelled));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.InRange(Assert.Single(host.Reranker.Calls).Options.Deadline!.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(4));
        await ended.Task.WaitAsync(Cancelled);
    }

    [Theory]
    [InlineData("grpc-timeout", "30000m", 0u, 30_000)]
    [InlineData("grpc-timeout", "40S", 0u, 40_000)]
    [InlineData("grpc-timeout", "99999999H", 0u, 600_000)]
    [InlineData("grpc-timeout", "40S", 30_000u, 30_000)]
    [InlineData("grpc-timeout", "30000m", 40_000u, 30_000)]
    [InlineData("x-request-timeout-ms", "45000", 0u, 45_000)]
    [InlineData("x-other", "1", 0u, 60_000)]
    [InlineData("x-other", "1", 50_000u, 50_000)]
    [InlineData("x-other", "1", 3_000_000u, 600_000)]
    public async Task The_shortest_of_all_times_counts(string header, string value, uint own, int most)
    {
        await using var host = await RpcTestHost.StartAsync();
        var request = new RerankRequest { Query = "q", Passages = { "a" }, TimeoutMs = own };

        var status = await RawRpc.SendAsync(
            host.Gateway, "/reranker.v1.Rerank/Rerank", RawRpc.Frame(Google.Protobuf.MessageExtensions.ToByteArray(request)), (header, value));

        Assert.Equal(StatusCode.OK, status.Code);
        var deadline = Assert.Single(host.Reranker.Calls).Options.Deadline!.Value.TotalMilliseconds;
        Assert.InRange(deadline, most / 2, most);
    }

    [Fact]
    public async Task A_caller_that_cancels_ends_its_request()
    {
        await using var host = await RpcTestHost.StartAsync();
        var (started, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Reranker.Script = async cancelled =>
        {
            await using var registration = cancelled.Register(ended.SetResult);
            started.SetResult();
            await Task.Delay(Timeout.Infinite, cancelled);
            throw new InvalidOperationException("The call went on.");
        };
        using var caller = new CancellationTokenSource();
        var call = RpcTestHost.FailAsync(CreateClient(host).RerankAsync(new RerankRequest { Query = "q", Passages = { "a" } }, cancellationToken: caller.Token));
        await started.Task.WaitAsync(Cancelled);

        await caller.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await call).StatusCode);
        await ended.Task.WaitAsync(Cancelled);
        await Until.TrueAsync(() => host.Gateway.HeldBytes == 0);
    }

    private static Rerank.RerankClient CreateClient(RpcTestHost host) => new(host.Channel);
}
