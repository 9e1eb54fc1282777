using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Dialects;

/// <summary>What paths without a prefix take and give, by the configured dialect.</summary>
public sealed class DefaultDialectTests
{
    private const string Documents = """{"query":"q","documents":["0123456789"],"return_documents":true}""";

    [Theory]
    [InlineData("Superset", "/rerank", "results", """{"text":"0123456789"}""")]
    [InlineData("Cohere", "/rerank", "results", """{"text":"0123456789"}""")]
    [InlineData("Jina", "/v1/rerank", "results", """{"text":"0123456789"}""")]
    [InlineData("Tei", "/rerank", "results", """{"text":"0123456789"}""")]
    [InlineData("Vllm", "/v2/rerank", "results", """{"text":"0123456789"}""")]
    [InlineData("Infinity", "/rerank", "results", "\"0123456789\"")]
    [InlineData("Infinity", "/v1/rerank", "results", "\"0123456789\"")]
    [InlineData("Infinity", "/v2/rerank", "results", """{"text":"0123456789"}""")]
    [InlineData("Voyage", "/v1/rerank", "data", "\"0123456789\"")]
    [InlineData("Voyage", "/invocations", "data", "\"0123456789\"")]
    [InlineData("Voyage", "/v1/reranking", "data", "\"0123456789\"")]
    public async Task Documents_are_answered_in_the_configured_dialect(string dialect, string path, string list, string document)
    {
        await using var host = await GatewayHost.StartAsync(("DefaultDialect", dialect));

        var answer = await host.PostAsync(path, Documents);

        Assert.Equal(200, answer.Status);
        Assert.Equal(document, answer.Json.GetProperty(list)[0].GetProperty("document").GetRawText());
    }

    [Fact]
    public async Task Documents_come_back_by_default_where_vllm_is_the_dialect()
    {
        await using var host = await GatewayHost.StartAsync(("DefaultDialect", "Vllm"));

        var answer = await host.PostAsync("/rerank", """{"query":"q","documents":["a"]}""");

        Assert.Equal("a", answer.Json.GetProperty("results")[0].GetProperty("document").GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("Superset", "union", 400)]
    [InlineData("Cohere", "message", 400)]
    [InlineData("Vllm", "message", 400)]
    [InlineData("Tei", "Validation", 422)]
    [InlineData("Nim", "nim", 400)]
    public async Task Errors_before_the_body_has_shown_a_dialect_are_those_of_the_configured_one(string dialect, string shape, int status)
    {
        await using var host = await GatewayHost.StartAsync(("DefaultDialect", dialect));

        foreach (var path in (string[])["/rerank", "/", "/invocations"])
        {
            var answer = await host.PostAsync(path, """{"query":"q"}""");

            Assert.Equal(status, answer.Status);
            ErrorShape.Check(answer, shape);
        }
    }

    [Theory]
    [InlineData("""{"query":"q","texts":["a"]}""", "score")]
    [InlineData("""{"inputs":["q","a"]}""", "label")]
    [InlineData("""{"text_1":"q","text_2":"a"}""", "\"object\":\"score\"")]
    [InlineData("""{"queries":"q","documents":["a"]}""", "\"object\":\"score\"")]
    [InlineData("""{"query":{"text":"q"},"passages":[{"text":"a"}]}""", "rankings")]
    [InlineData("""{"query":"q","documents":["a"]}""", "relevance_score")]
    public async Task The_root_and_invocations_take_every_body(string body, string part)
    {
        await using var host = await GatewayHost.StartAsync();

        foreach (var path in (string[])["/", "/invocations"])
        {
            var answer = await host.PostAsync(path, body);

            Assert.Equal(200, answer.Status);
            Assert.Contains(part, answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/cohere/v1/rerank", "results")]
    [InlineData("/infinity/rerank", "results")]
    [InlineData("/voyage/rerank", "data")]
    public async Task Tokens_of_each_passage_are_told_to_who_asks(string path, string list)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.CutTokens = 7;

        var answer = await host.PostAsync(path, """{"query":"q","documents":["a"],"return_tokens":"true"}""");

        var entry = answer.Json.GetProperty(list)[0];
        Assert.Equal((10, 7, 1), (entry.GetProperty("tokens").GetInt32(), entry.GetProperty("truncated_tokens").GetInt32(), entry.GetProperty("chunks").GetInt32()));
        Assert.DoesNotContain("truncated_tokens", (await host.PostAsync(path, """{"query":"q","documents":["a"]}""")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_success_says_where_its_time_went()
    {
        await using var host = await GatewayHost.StartAsync();

        foreach (var body in (string[])["""{"query":"q","texts":["a"]}""", """{"query":"q","documents":["a"]}"""])
        {
            var timing = (await host.PostAsync("/rerank", body)).Headers["Server-Timing"];
            Assert.Matches(@"^tokenize;dur=1, queue;dur=2, device;dur=3, total;dur=\d+(\.\d+)?$", timing);
        }
    }
}
