using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Reranking;

/// <summary>Pairs with queries of their own: one request a different query, one reply in the order of the pairs.</summary>
public sealed class PairScoreTests
{
    private const string Pairs = """{"text_1":["q","r","q"],"text_2":["a","bb","ccc"],"use_activation":false}""";

    [Fact]
    public async Task Each_different_query_is_one_request_and_each_score_is_in_its_place()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.Logit = static (query, passage) => (query[0] * 1000) + passage.Length;

        var answer = await host.PostAsync("/v1/score", Pairs);

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            [('q' * 1000) + 1f, ('r' * 1000) + 2f, ('q' * 1000) + 3f],
            answer.Json.GetProperty("data").EnumerateArray().Select(static entry => entry.GetProperty("score").GetSingle()));
        Assert.Equal([0, 1, 2], answer.Json.GetProperty("data").EnumerateArray().Select(static entry => entry.GetProperty("index").GetInt32()));
        Assert.Equal(30, answer.Json.GetProperty("usage").GetProperty("total_tokens").GetInt64());
        Assert.Equal(["q:a,ccc", "r:bb"], host.Reranker.Calls.Select(static call => $"{call.Query}:{string.Join(',', call.Passages)}").Order());
    }

    [Fact]
    public async Task Pairs_of_one_query_are_one_request()
    {
        await using var host = await GatewayHost.StartAsync();

        await host.PostAsync("/score", """{"text_1":["q","q"],"text_2":["a","b"]}""");

        Assert.Equal(["a", "b"], Assert.Single(host.Reranker.Calls).Passages);
    }

    [Theory]
    [InlineData(RerankOutcome.Unavailable, 503)]
    [InlineData(RerankOutcome.TooLong, 400)]
    [InlineData(RerankOutcome.Failed, 500)]
    public async Task One_failure_is_the_answer(RerankOutcome outcome, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.Fail(outcome);

        var answer = await host.PostAsync("/score", Pairs);

        Assert.Equal(status, answer.Status);
        ErrorShape.Check(answer, "message");
        Assert.Equal(0, host.HeldBytes);
    }

    [Fact]
    public async Task A_model_that_changes_between_the_queries_is_no_reply_of_two_models()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.Change = static (query, response) => response with { Result = response.Result! with { ModelIdentity = query } };

        var answer = await host.PostAsync("/score", Pairs);

        Assert.Equal(503, answer.Status);
        Assert.Equal("1", answer.Headers["Retry-After"]);
    }

    [Fact]
    public async Task Many_queries_are_all_scored()
    {
        await using var host = await GatewayHost.StartAsync();
        var texts = string.Join(',', Enumerable.Range(0, 200).Select(static i => $"\"t{i}\""));

        var answer = await host.PostAsync("/score", $$"""{"text_1":[{{texts}}],"text_2":[{{texts}}]}""");

        Assert.Equal(200, answer.Json.GetProperty("data").GetArrayLength());
        Assert.Equal(200, host.Reranker.Calls.Count);
    }

    [Fact]
    public async Task The_model_of_a_path_is_the_one_that_scores_unless_the_body_names_one()
    {
        await using var host = await GatewayHost.StartAsync();
        const string Body = """{"query":{"text":"q"},"passages":[{"text":"a"}]}""";

        await host.PostAsync("/v1/retrieval/abc123/reranking", Body);
        await host.PostAsync("/v1/retrieval/nvidia/nv-rerank/reranking", Body);
        await host.PostAsync("/v1/retrieval/nvidia%2Fnv-rerank/reranking", Body);
        await host.PostAsync("/v1/retrieval/other/reranking", """{"model":"abc123","query":"q","passages":["a"]}""");

        Assert.Equal(["abc123", "nvidia/nv-rerank", "nvidia/nv-rerank", "abc123"], host.Reranker.Calls.Select(static call => call.Options.Model));
    }
}
