using Grpc.Core;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Protocols.TeiWire;
using Reranker.Requests;
using RerankRequest = Reranker.Protocols.TeiWire.RerankRequest;

namespace Reranker.Gateway.Tests.Rpc;

public sealed class TeiServiceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_ranked_with_texts_and_raw_scores_where_asked_for()
    {
        await using var host = await RpcTestHost.StartAsync();
        var client = new Protocols.TeiWire.Rerank.RerankClient(host.Channel);

        var plain = await client.RerankAsync(new RerankRequest { Query = "q", Texts = { "a", "aaa" } }, cancellationToken: Cancelled);
        var raw = await client.RerankAsync(
            new RerankRequest { Query = "q", Texts = { "a", "aaa" }, RawScores = true, ReturnText = true, Truncate = true, TruncationDirection = TruncationDirection.Left },
            cancellationToken: Cancelled);

        Assert.Equal([1u, 0u], plain.Ranks.Select(static rank => rank.Index));
        Assert.Equal(1 / (1 + Math.Exp(-ScriptedReranker.LogitOf("aaa"))), plain.Ranks[0].Score, 1e-6);
        Assert.All(plain.Ranks, static rank => Assert.False(rank.HasText));
        Assert.Equal(20u, plain.Metadata.ComputeTokens);
        Assert.Equal(6u, plain.Metadata.ComputeChars);
        Assert.Equal((1_000_000ul, 2_000_000ul, 3_000_000ul), (plain.Metadata.TokenizationTimeNs, plain.Metadata.QueueTimeNs, plain.Metadata.InferenceTimeNs));
        Assert.Equal(("aaa", ScriptedReranker.LogitOf("aaa")), (raw.Ranks[0].Text, raw.Ranks[0].Score));
        var truncations = host.Reranker.Calls.Select(static call => call.Options.Truncation!).ToArray();
        Assert.Equal([false, true], truncations.Select(static truncation => truncation.Allowed));
        Assert.Equal([TruncationSide.Right, TruncationSide.Left], truncations.Select(static truncation => truncation.Side));
        Assert.All(truncations, static truncation => Assert.Equal(TruncationStrategy.LongestFirst, truncation.Strategy));
    }

    [Fact]
    public async Task A_stream_of_texts_becomes_one_ranking()
    {
        await using var host = await RpcTestHost.StartAsync();
        using var call = new Protocols.TeiWire.Rerank.RerankClient(host.Channel).RerankStream(cancellationToken: Cancelled);
        foreach (var text in (string[])["a", "aaa", "aa"])
        {
            await call.RequestStream.WriteAsync(new RerankStreamRequest { Query = "q", Text = text, ReturnText = true }, Cancelled);
        }

        await call.RequestStream.CompleteAsync();
        var reply = await call;

        Assert.Equal(["aaa", "aa", "a"], reply.Ranks.Select(static rank => rank.Text));
        Assert.Equal(3, Assert.Single(host.Reranker.Calls).Passages.Length);
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task A_stream_is_no_way_around_the_limits_of_a_request()
    {
        await using var host = await RpcTestHost.StartAsync(("MaxPassages", "3"), ("MaxBodyBytes", "400"));
        var client = new Protocols.TeiWire.Rerank.RerankClient(host.Channel);

        Assert.Equal(StatusCode.InvalidArgument, await SendAsync(client, Enumerable.Repeat("a", 4)));
        Assert.Equal(StatusCode.ResourceExhausted, await SendAsync(client, Enumerable.Repeat(new string('a', 150), 3)));
        Assert.Equal(StatusCode.InvalidArgument, await SendAsync(client, []));
        Assert.Equal(StatusCode.OK, await SendAsync(client, Enumerable.Repeat("a", 3)));
        Assert.Equal(0, host.Gateway.HeldBytes);
    }

    [Fact]
    public async Task Pairs_are_labelled_and_one_text_alone_is_refused()
    {
        await using var host = await RpcTestHost.StartAsync();
        var client = new Predict.PredictClient(host.Channel);

        var pair = await client.PredictPairAsync(new PredictPairRequest { Inputs = { "q", "aaa" }, RawScores = true }, cancellationToken: Cancelled);
        var one = await RpcTestHost.FailAsync(client.PredictPairAsync(new PredictPairRequest { Inputs = { "q" } }, cancellationToken: Cancelled));
        var alone = await RpcTestHost.FailAsync(client.PredictAsync(new PredictRequest { Inputs = "q" }, cancellationToken: Cancelled));

        Assert.Equal(("LABEL_0", ScriptedReranker.LogitOf("aaa")), (Assert.Single(pair.Predictions).Label, pair.Predictions[0].Score));
        Assert.Equal([StatusCode.InvalidArgument, StatusCode.InvalidArgument], [one.StatusCode, alone.StatusCode]);
    }

    [Fact]
    public async Task A_stream_of_pairs_is_answered_in_its_order()
    {
        await using var host = await RpcTestHost.StartAsync();
        var second = new TaskCompletionSource();
        host.Reranker.Before = async (query, _) =>
        {
            if (query == "first")
            {
                await second.Task;
            }
            else
            {
                second.SetResult();
            }
        };
        using var call = new Predict.PredictClient(host.Channel).PredictPairStream(cancellationToken: Cancelled);
        await call.RequestStream.WriteAsync(new PredictPairRequest { Inputs = { "first", "a" }, RawScores = true }, Cancelled);
        await call.RequestStream.WriteAsync(new PredictPairRequest { Inputs = { "second", "aaa" }, RawScores = true }, Cancelled);
        await call.RequestStream.CompleteAsync();

        List<float> scores = [];
        while (await call.ResponseStream.MoveNext(Cancelled))
        {
            scores.Add(call.ResponseStream.Current.Predictions[0].Score);
        }

        Assert.Equal([ScriptedReranker.LogitOf("a"), ScriptedReranker.LogitOf("aaa")], scores);
    }

    [Theory]
    [InlineData(RerankOutcome.Busy, StatusCode.ResourceExhausted)]
    [InlineData(RerankOutcome.Failed, StatusCode.FailedPrecondition)]
    [InlineData(RerankOutcome.Unavailable, StatusCode.Unavailable)]
    [InlineData(RerankOutcome.TooLong, StatusCode.InvalidArgument)]
    public async Task Overload_and_failure_have_that_servers_status(object outcome, StatusCode code)
    {
        await using var host = await RpcTestHost.StartAsync();
        host.Reranker.Fail((RerankOutcome)outcome);

        var error = await RpcTestHost.FailAsync(new Protocols.TeiWire.Rerank.RerankClient(host.Channel).RerankAsync(
            new RerankRequest { Query = "q", Texts = { "a" } }, cancellationToken: Cancelled));

        Assert.Equal(code, error.StatusCode);
    }

    [Fact]
    public async Task Info_names_a_reranker_and_its_limits()
    {
        await using var host = await RpcTestHost.StartAsync();

        var info = await new Protocols.TeiWire.Info.InfoClient(host.Channel).InfoAsync(new InfoRequest(), cancellationToken: Cancelled);

        Assert.Equal((ModelType.Reranker, ScriptedReranker.Model, "float16", 1024u), (info.ModelType, info.ModelId, info.ModelDtype, info.MaxInputLength));
        Assert.True(info.HasModelSha);
        Assert.False(info.HasMaxBatchRequests);
    }

    private static async Task<StatusCode> SendAsync(Protocols.TeiWire.Rerank.RerankClient client, IEnumerable<string> texts)
    {
        using var call = client.RerankStream(cancellationToken: Cancelled);
        try
        {
            foreach (var text in texts)
            {
                await call.RequestStream.WriteAsync(new RerankStreamRequest { Query = "q", Text = text }, Cancelled);
            }

            await call.RequestStream.CompleteAsync();
            await call;
            return StatusCode.OK;
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            // A server that has refused takes no more.
            return (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode;
        }
    }
}
