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
    // Of a tenant whose quota is enough for 20 of them.
    private const int Sent = 30;

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

    [Fact]
    public async Task A_stream_in_parts_is_held_to_its_tenants_quota_as_whole_answers_are_and_leaves_others_alone()
    {
        (string Key, string Value)[] quotas = [.. new[] { "whole", "parts", "other" }.SelectMany(static (tenant, at) => new[]
        {
            ($"ApiKeys:{at}:Tenant", tenant), ($"ApiKeys:{at}:Key", KeyOf(tenant)), ($"ApiKeys:{at}:TokensPerMinute", "600"),
        })];
        await using var host = await RpcTestHost.StartAsync(quotas);
        host.Reranker.Parts = static (_, _) => new[] { Part(0, 0) }.ToAsyncEnumerable();

        var whole = await SendManyAsync(host, "whole", inParts: false);
        var parts = await SendManyAsync(host, "parts", inParts: true);

        Assert.InRange(whole.Count(static reply => reply.Response is not null), 1, Sent - 1);
        Assert.Equal(whole.Select(static reply => reply.Error?.Code ?? 0), parts.Where(static reply => reply.Partial is null).Select(static reply => reply.Error?.Code ?? 0));
        Assert.All(parts.Where(static reply => reply.Error is not null), static reply =>
            Assert.Equal(((int)StatusCode.ResourceExhausted, true), (reply.Error.Code, reply.Error.RetryAfterMs > 0)));
        var answered = parts.Where(static reply => reply.Response is not null).Select(static reply => reply.Sequence).ToHashSet();
        Assert.All(parts.Where(static reply => reply.Partial is not null), reply => Assert.Contains(reply.Sequence, answered));
        Assert.Contains(await SendManyAsync(host, "other", inParts: true), static reply => reply.Response is not null);
        Assert.Equal(0, host.Gateway.HeldBytes);

        static string KeyOf(string tenant) => $"key-of-{tenant}-0123456789";

        // One after another, so that each is estimated by what those before it did cost.
        static async Task<List<RerankStreamReply>> SendManyAsync(RpcTestHost host, string tenant, bool inParts)
        {
            using var call = new Rerank.RerankClient(host.Channel).RerankStream(
                new Metadata { { "authorization", $"Bearer {KeyOf(tenant)}" } }, cancellationToken: Cancelled);
            List<RerankStreamReply> replies = [];
            for (var sent = 0; sent < Sent; sent++)
            {
                await call.RequestStream.WriteAsync(new RerankRequest { Query = "q", Passages = { Passages }, PartialScores = inParts }, Cancelled);
                do
                {
                    replies.Add(await ReadAsync(call));
                }
                while (replies[^1].Partial is not null);
            }

            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext(Cancelled));
            return replies;
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
