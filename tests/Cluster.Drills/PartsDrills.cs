using Grpc.Net.Client;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.Protocols.Wire;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Drills;

/// <summary>A silo is killed while a request's scores are told: each is told once all the same, and the ranking is the right one.</summary>
public sealed class PartsDrills(DrillCluster drill) : IClassFixture<DrillCluster>
{
    // 1,800 pairs a second: well over a second with all silos. The scripted rate is that of pairs of 128 tokens, by which requests are planned.
    private const int Passages = 3_000;
    private static readonly string Filler = string.Concat(Enumerable.Repeat(" and so on", 12));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task The_silo_that_has_the_request_is_killed()
    {
        var gateway = await StartGatewayAsync(TestContext.Current.CancellationToken);
        var before = await CountTextsAsync();

        var replies = await StreamAsync(gateway, async () =>
        {
            var texts = await CountTextsAsync();
            var silo = drill.Cluster.Silos.Zip(texts, before).Single(static s => s.Second - s.Third > Passages).First;
            await KillAsync(silo);
        });

        Assert.Contains(
            "reranker_client_attempts_total{reason=\"overdue\"}",
            (await drill.Cluster.Gateways[0].AskAsync("/metrics", Cancellation)).Text.Replace("otel_scope_name=\"Reranker.Client\",", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        await AssertTellsResponseAsync(gateway, replies);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_silo_that_has_a_part_of_it_is_killed()
    {
        var gateway = await StartGatewayAsync(TestContext.Current.CancellationToken);
        var before = await CountTextsAsync();

        var replies = await StreamAsync(gateway, async () =>
        {
            var texts = await CountTextsAsync();
            var silo = drill.Cluster.Silos.Zip(texts, before).First(static s => s.Second - s.Third <= Passages).First;
            await KillAsync(silo);
        });

        await AssertTellsResponseAsync(gateway, replies);
    }

    // The partial scores add up to what the response has, and the response is what a request gets that nothing happens to.
    private static async Task AssertTellsResponseAsync(Uri gateway, List<RerankStreamReply> replies)
    {
        Assert.All(replies.SkipLast(1), static reply => Assert.Equal(RerankStreamReply.OutcomeOneofCase.Partial, reply.OutcomeCase));
        Assert.All(replies.SkipLast(1), static reply => Assert.Equal(0u, reply.Partial.Generation));
        var told = replies.SkipLast(1).SelectMany(static reply => reply.Partial.Results).ToDictionary(static result => result.Index);
        var response = replies[^1].Response;
        Assert.Equal(Passages, told.Count);
        Assert.Equal(Passages, response.Results.Count);
        Assert.All(response.Results, result => Assert.Equal(told[result.Index], result));

        using var channel = GrpcChannel.ForAddress(gateway);
        var quiet = await new Rerank.RerankClient(channel).RerankAsync(CreateRequest(), cancellationToken: Cancellation);
        Assert.Equal(quiet.Results, response.Results);
        Assert.Equal(quiet.ModelIdentity, response.ModelIdentity);
    }

    private static async Task<List<RerankStreamReply>> StreamAsync(Uri gateway, Func<Task> atFirstPart)
    {
        using var channel = GrpcChannel.ForAddress(gateway);
        using var call = new Rerank.RerankClient(channel).RerankStream(cancellationToken: Cancellation);
        var request = CreateRequest();
        request.PartialScores = true;
        await call.RequestStream.WriteAsync(request, Cancellation);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        List<RerankStreamReply> replies = [call.ResponseStream.Current];
        Assert.InRange(replies[0].Partial?.Results.Count ?? 0, 1, Passages / 2);
        await atFirstPart();
        while (await call.ResponseStream.MoveNext(Cancellation))
        {
            replies.Add(call.ResponseStream.Current);
        }

        return replies;
    }

    private static RerankRequest CreateRequest() => new()
    {
        Query = "which silo is it",
        Passages = { Enumerable.Range(0, Passages).Select(static i => $"{Letter(i)}{Letter(i / 26)}{Letter(i / 676)}{Filler}") },
        TimeoutMs = 20_000,
    };

    // The vocabulary has no digits: passages that differed in them would be one pair.
    private static char Letter(int number) => (char)('a' + (number % 26));

    private async Task<Uri> StartGatewayAsync(CancellationToken cancellation)
    {
        await drill.StartAsync(cancellation);
        foreach (var silo in drill.Cluster.Silos.Where(static silo => silo.Process.HasExited))
        {
            await silo.StartAsync(cancellation);
        }

        var node = drill.Cluster.Gateways[0];
        var url = new Uri($"http://127.0.0.1:{LoopbackPorts.Take()}");
        node.Variables = [("Gateway__Grpc__Url", url.ToString())];
        await node.KillAsync(cancellation);
        await node.StartAsync(cancellation);
        await node.WaitForWorkersAsync(2 * drill.Cluster.Silos.Count, cancellation);
        return url;
    }

    // The silo that has a request tokenizes its texts.
    private async Task<double[]> CountTextsAsync() =>
        await Task.WhenAll(drill.Cluster.Silos.Select(static silo => silo.MetricAsync("reranker_tokenization_texts_total", Cancellation)));

    private static Task KillAsync(Node silo) => silo.KillAsync(Cancellation);
}
