using System.Threading.Channels;
using Grpc.Core;
using Reranker.Client;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Protocols.Wire;
using Reranker.Requests;
using Reranker.TestKit;
using RerankRequest = Reranker.Protocols.Wire.RerankRequest;

namespace Reranker.Gateway.Tests.Rpc;

/// <summary>Scores before the reply, for those requests of a stream that ask for them.</summary>
public sealed class PartialScoresTests
{
    private static readonly string[] Passages = ["a", "aaa", "aaaaa"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scores_come_while_the_request_is_scored_and_then_the_whole()
    {
        await using var host = await RpcTestHost.StartAsync();
        var parts = Script(host);
        var gate = new TaskCompletionSource();
        host.Reranker.Before = async (_, _) => await gate.Task;
        using var call = await SendAsync(host, topN: 1);
        await parts.WriteAsync(Part(0, 1), Cancelled);

        var first = await ReadAsync(call);
        Assert.Equal(("r", 0ul), (first.Id, first.Sequence));
        Assert.Equal((0u, ScriptedReranker.Model, ScriptedReranker.Identity), (first.Partial.Generation, first.Partial.Model, first.Partial.ModelIdentity));
        var passage = Assert.Single(first.Partial.Results);
        Assert.Equal((1u, ScriptedReranker.LogitOf("aaa"), 10u, 1u, false), (passage.Index, passage.Logit, passage.Tokens, passage.Chunks, passage.HasText));
        Assert.Equal(1 / (1 + Math.Exp(-(double)passage.Logit)), passage.Score);

        parts.Complete();
        gate.SetResult();
        var rest = await ReadAsync(call);
        Assert.Equal([0u, 2u], rest.Partial.Results.Select(static result => result.Index));
        var whole = await ReadAsync(call);
        Assert.Equal((2u, "aaaaa"), (whole.Response.Results.Single().Index, whole.Response.Results.Single().Text));
        Assert.Equal(30ul, whole.Response.Usage.Tokens);
        Assert.False(await call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task A_request_that_starts_again_takes_its_scores_back()
    {
        await using var host = await RpcTestHost.StartAsync();
        var parts = Script(host);
        using var call = await SendAsync(host);
        await parts.WriteAsync(Part(0, 0), Cancelled);
        Assert.Equal(0u, (await ReadAsync(call)).Partial.Generation);
        await parts.WriteAsync(Part(1), Cancelled);

        var back = await ReadAsync(call);
        Assert.Equal((1u, 0), (back.Partial.Generation, back.Partial.Results.Count));
        parts.Complete();
        var rest = await ReadAsync(call);
        Assert.Equal((1u, 3), (rest.Partial.Generation, rest.Partial.Results.Count));
        Assert.Equal(3, (await ReadAsync(call)).Response.Results.Count);
    }

    [Fact]
    public async Task An_error_after_scores_is_the_last_reply()
    {
        await using var host = await RpcTestHost.StartAsync();
        host.Reranker.Fail(RerankOutcome.Busy, TimeSpan.FromSeconds(2));
        var parts = Script(host);
        using var call = await SendAsync(host);
        await parts.WriteAsync(Part(0, 0), Cancelled);
        parts.Complete();

        Assert.Single((await ReadAsync(call)).Partial.Results);
        var error = await ReadAsync(call);
        Assert.Equal(((int)StatusCode.Unavailable, 2_000u), (error.Error.Code, error.Error.RetryAfterMs));
        Assert.False(await call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_request_that_does_not_ask_gets_no_partial_scores()
    {
        await using var host = await RpcTestHost.StartAsync();
        Script(host).Complete();
        using var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        await call.RequestStream.WriteAsync(new RerankRequest { Query = "q", Passages = { Passages } }, Cancelled);
        await call.RequestStream.CompleteAsync();

        Assert.Equal(3, (await ReadAsync(call)).Response.Results.Count);
        Assert.False(await call.ResponseStream.MoveNext(Cancelled));
    }

    [Fact]
    public async Task The_unary_method_says_that_it_has_none()
    {
        await using var host = await RpcTestHost.StartAsync();

        var error = await RpcTestHost.FailAsync(new Rerank.RerankClient(host.Channel).RerankAsync(
            new RerankRequest { Query = "q", Passages = { "a" }, PartialScores = true }, cancellationToken: Cancelled));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("partial_scores", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_caller_that_hangs_up_ends_a_request_whose_scores_it_had()
    {
        await using var host = await RpcTestHost.StartAsync();
        var ended = new TaskCompletionSource();
        host.Reranker.Parts = (_, token) =>
        {
            token.Register(ended.SetResult);
            return TellAndWaitAsync(token);
        };
        using (var call = await SendAsync(host))
        {
            Assert.Single((await ReadAsync(call)).Partial.Results);
        }

        await ended.Task.WaitAsync(Cancelled);
        await Until.TrueAsync(() => host.Gateway.HeldBytes == 0);
    }

    [Fact]
    public async Task Who_takes_no_scores_holds_no_permit_and_gets_all_of_them_when_it_does()
    {
        const int Size = 20_000, Rounds = 200;
        await using var host = await RpcTestHost.StartAsync(("MaxConcurrentRequests", "1"));
        string[] many = [.. Enumerable.Range(0, Size).Select(static i => $"{i}")];
        host.Reranker.Parts = static (_, _) => TellManyAsync();
        using var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);

        // More than the windows of the connection hold, so that writing stops, and nobody reads.
        await call.RequestStream.WriteAsync(new RerankRequest { Query = "slow", Passages = { many }, PartialScores = true }, Cancelled);
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 1);
        await RpcTestHost.SucceedAsync(() => new Rerank.RerankClient(host.Channel).RerankAsync(
            new RerankRequest { Query = "other", Passages = { "a" } }, cancellationToken: Cancelled));

        var told = 0;
        await call.RequestStream.CompleteAsync();
        var reply = await ReadAsync(call);
        for (; reply.OutcomeCase == RerankStreamReply.OutcomeOneofCase.Partial; reply = await ReadAsync(call))
        {
            told += reply.Partial.Results.Count;
        }

        Assert.Equal(Size, told);
        Assert.Equal(Size, reply.Response.Results.Count);

        static async IAsyncEnumerable<RerankPart> TellManyAsync()
        {
            for (var round = 0; round < Rounds; round++)
            {
                await Task.Yield();
                yield return Part(0, [.. Enumerable.Range(round * Size / Rounds, Size / Rounds)]);
            }
        }
    }

    private static async IAsyncEnumerable<RerankPart> TellAndWaitAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        yield return Part(0, 0);
        await Task.Delay(Timeout.Infinite, cancellation);
    }

    private static ChannelWriter<RerankPart> Script(RpcTestHost host)
    {
        var parts = Channel.CreateUnbounded<RerankPart>();
        host.Reranker.Parts = (_, token) => parts.Reader.ReadAllAsync(token);
        return parts.Writer;
    }

    private static async Task<AsyncDuplexStreamingCall<RerankRequest, RerankStreamReply>> SendAsync(RpcTestHost host, uint topN = 0)
    {
        var call = new Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        await call.RequestStream.WriteAsync(
            new RerankRequest { Id = "r", Query = "q", Passages = { Passages }, PartialScores = true, ReturnTexts = true, TopN = topN }, Cancelled);
        await call.RequestStream.CompleteAsync();
        return call;
    }

    private static async Task<RerankStreamReply> ReadAsync(AsyncDuplexStreamingCall<RerankRequest, RerankStreamReply> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        return call.ResponseStream.Current;
    }

    private static RerankPart Part(int generation, params int[] indexes) => new()
    {
        Generation = generation,
        Scores = [.. indexes.Select(static index => new PassageScore(index, ScriptedReranker.LogitOf(index < Passages.Length ? Passages[index] : "a"), 10, 0))],
        Model = ScriptedReranker.Model,
        ModelIdentity = ScriptedReranker.Identity,
    };
}
