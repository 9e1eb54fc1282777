using System.Text.Json;
using Reranker.Requests;
using static Reranker.Gateway.Tests.Clients.ClientHost;

namespace Reranker.Gateway.Tests.Clients;

/// <summary>Clients that are Cohere's own, or are built on it: cohere 7.0.9 and what it makes of requests and replies.</summary>
public sealed class CohereClientTests
{
    [Fact]
    public async Task The_v1_client_of_cohere_python()
    {
        await using var host = await StartAsync();

        // Arguments that were not given are left out.
        var reply = await host.RerankAsync($"{host.Url}/v1/rerank", new { model = "rerank-v3.5", query = Query, documents = Documents, top_n = 2, return_documents = true });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
        Assert.Equal(Documents[1], reply.GetProperty("results")[0].GetProperty("document").GetProperty("text").GetString());
        AssertMeta(reply, "1");
    }

    [Fact]
    public async Task The_v2_client_of_cohere_python()
    {
        await using var host = await StartAsync();

        var reply = await host.RerankAsync($"{host.Url}/v2/rerank", new { model = "rerank-v3.5", query = Query, documents = Documents, top_n = 2, max_tokens_per_doc = 4096, priority = 0 });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
        AssertMeta(reply, "2");
    }

    [Theory]
    [InlineData("/v1/rerank", null, 401)]
    [InlineData("/v2/rerank", "Bearer wrong", 401)]
    [InlineData("/v1/rerank", $"Bearer {Key}", 400)]
    public async Task The_error_of_cohere_python_is_chosen_by_status_and_shows_the_body(string path, string? authorization, int status)
    {
        await using var host = await StartAsync();

        var answer = await host.PostAsync(host.Url + path, new { model = "rerank-v3.5", query = Query, documents = Array.Empty<string>() }, authorization);

        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("message").GetString()!);
    }

    [Fact]
    public async Task LangChain_CohereRerank()
    {
        await using var host = await StartAsync();

        // langchain-cohere at 100cc84: the V2 client, which leaves out max_tokens_per_doc where it is None, and top_n=3 by default.
        var reply = await host.RerankAsync($"{host.Url}/v2/rerank", new { model = "rerank-v3.5", query = Query, documents = Documents, top_n = 3 });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
    }

    [Fact]
    public async Task LlamaIndex_CohereRerank()
    {
        await using var host = await StartAsync();

        // llama-index-postprocessor-cohere-rerank at 0a6ebbd.
        var reply = await host.RerankAsync($"{host.Url}/v2/rerank", new { model = "rerank-english-v3.0", query = Query, documents = Documents, top_n = 2 });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
    }

    [Theory]
    [InlineData(RerankOutcome.Unavailable, 503)]
    [InlineData(RerankOutcome.Expired, 504)]
    [InlineData(RerankOutcome.Failed, 500)]
    public async Task LlamaIndex_CohereRerank_tries_again_what_may_pass(RerankOutcome outcome, int status)
    {
        await using var host = await StartAsync();
        host.Gateway.Reranker.Fail(outcome);

        // It retries the three classes that the Cohere client makes of these statuses, and nothing else.
        var answer = await host.PostAsync($"{host.Url}/v2/rerank", new { model = "rerank-english-v3.0", query = Query, documents = Documents, top_n = 2 });

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Haystack_CohereRanker()
    {
        await using var host = await StartAsync();

        // haystack-core-integrations at 083fe15: client_name="haystack", top_n=10 and max_tokens_per_doc=4096 by default.
        var reply = await host.RerankAsync(
            $"{host.Url}/v2/rerank", new { model = "rerank-v3.5", query = Query, documents = Documents, top_n = 10, max_tokens_per_doc = 4096 });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
    }

    [Fact]
    public async Task Dify_cohere()
    {
        await using var host = await StartAsync();

        // The plugin's 0.0.17: the v1 client, which sends top_n=None as null, and result.document.text of every entry.
        var reply = await host.RerankAsync(
            $"{host.Url}/v1/rerank", new { model = "rerank-v3.5", query = Query, documents = Documents, top_n = (int?)null, return_documents = true });

        var texts = reply.GetProperty("results").EnumerateArray().Select(static r => r.GetProperty("document").GetProperty("text").GetString());
        Assert.Equal([Documents[1], Documents[0]], texts);
    }

    [Fact]
    public async Task RAGFlow_vLLM_and_Cohere()
    {
        await using var host = await StartAsync();

        // ragflow at b1b8cd6: CoHereRerank stands for both, with the v1 client; rank[d.index] needs an entry for every text.
        var reply = await host.RerankAsync(
            $"{host.Url}/v1/rerank", new { model = "bge-reranker-v2-m3", query = Query, documents = Documents, top_n = Documents.Length, return_documents = false });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
    }

    /// <summary>What the client's types take of <c>meta</c>, of which all is optional there and typed where it is given.</summary>
    private static void AssertMeta(JsonElement reply, string version)
    {
        var meta = reply.GetProperty("meta");
        Assert.NotEmpty(reply.GetProperty("id").GetString()!);
        Assert.Equal(version, meta.GetProperty("api_version").GetProperty("version").GetString());
        Assert.Equal(1, meta.GetProperty("billed_units").GetProperty("search_units").GetDouble());
        Assert.Equal(20, meta.GetProperty("tokens").GetProperty("input_tokens").GetDouble());
        Assert.Empty(meta.GetProperty("warnings").EnumerateArray());
    }
}
