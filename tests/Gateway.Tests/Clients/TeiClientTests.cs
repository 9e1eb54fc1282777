using System.Text.Json;
using Reranker.Requests;
using static Reranker.Gateway.Tests.Clients.ClientHost;

namespace Reranker.Gateway.Tests.Clients;

/// <summary>Clients of Text Embeddings Inference: a bare array, and an object with <c>error</c> and <c>error_type</c> where something is wrong.</summary>
public sealed class TeiClientTests
{
    [Fact]
    public async Task LangChain_has_no_class_for_it_and_what_people_write_instead_works()
    {
        await using var host = await StartAsync();

        var reply = await host.RerankAsync($"{host.Url}/rerank", new { query = Query, texts = Documents, truncate = true });

        AssertRanked(ReadEntries(reply, "score"));
    }

    [Fact]
    public async Task LlamaIndex_TEI_reranker()
    {
        await using var host = await StartAsync();

        // llama-index-postprocessor-tei-rerank at 18b5f1b: the token goes as it is, and the reply must have an entry for every node.
        var reply = await host.RerankAsync($"{host.Url}/rerank", new { query = Query, texts = Documents }, authorization: Key);

        Assert.Equal(Documents.Length, reply.GetArrayLength());
        AssertRanked(ReadEntries(reply, "score"));
    }

    [Fact]
    public async Task Haystack_HuggingFaceTEIRanker()
    {
        await using var host = await StartAsync();

        // haystack at 0cb4fe6: urljoin drops any prefix of the base URL.
        var url = JoinUrl($"{host.Url}/tei/", "/rerank");
        var reply = await host.RerankAsync(url, new { query = Query, texts = Documents, raw_scores = false, truncate = true, truncation_direction = "Right" });

        Assert.Equal(JsonValueKind.Array, reply.ValueKind);
        AssertRanked(ReadEntries(reply, "score"));
    }

    [Theory]
    [InlineData("Bearer wrong", 401)]
    [InlineData($"Bearer {Key}", 422)]
    public async Task Haystack_HuggingFaceTEIRanker_shows_error_and_type(string authorization, int status)
    {
        await using var host = await StartAsync();

        var answer = await host.PostAsync($"{host.Url}/rerank", new { query = " ", texts = Documents, raw_scores = false }, authorization);

        // Its retries look at the status, its message at these two.
        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("error").GetString()!);
        Assert.NotEmpty(answer.Json.GetProperty("error_type").GetString()!);
    }

    [Theory]
    [InlineData(RerankOutcome.Busy, 429)]
    [InlineData(RerankOutcome.Unavailable, 503)]
    public async Task Haystack_HuggingFaceTEIRanker_tries_again_what_may_pass(RerankOutcome outcome, int status)
    {
        await using var host = await StartAsync();
        host.Gateway.Reranker.Fail(outcome, TimeSpan.FromSeconds(1));

        var answer = await host.PostAsync($"{host.Url}/rerank", new { query = Query, texts = Documents, raw_scores = false });

        // It retries 408, 418, 429 and 503.
        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Dify_huggingface_tei()
    {
        await using var host = await StartAsync();

        // The plugin's 0.1.10: /info says what it is by its first key, then every entry must have its text.
        var info = await host.GetAsync($"{host.Url}/info");
        Assert.Equal((200, "reranker"), (info.Status, info.Json.GetProperty("model_type").EnumerateObject().First().Name));
        Assert.True(info.Json.GetProperty("max_input_length").GetInt32() > 0);
        Assert.True(info.Json.GetProperty("max_client_batch_size").GetInt32() > 0);

        var reply = await host.RerankAsync($"{host.Url}/rerank", new { query = Query, texts = Documents, return_text = true });

        AssertRanked(ReadEntries(reply, "score"));
        Assert.Equal([Documents[1], Documents[0]], reply.EnumerateArray().Select(static r => r.GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/tei")]
    [InlineData("/rerank")]
    public async Task RAGFlow_HuggingFace(string typed)
    {
        await using var host = await StartAsync();

        // ragflow at b1b8cd6: appends /rerank where it is not there, sends eight texts a call, and no key, so that it needs a gateway without.
        var url = $"{host.Url}{typed}";
        url = url.EndsWith("/rerank", StringComparison.Ordinal) ? url : $"{url}/rerank";
        var body = new { query = Query, texts = Documents, raw_scores = false, truncate = true };
        Assert.Equal(401, (await host.PostAsync(url, body, authorization: null)).Status);

        AssertRanked(ReadEntries(await host.RerankAsync(url, body), "score"));
    }

    [Fact]
    public async Task LiteLLM_huggingface()
    {
        await using var host = await StartAsync();

        // litellm at 0647d5b: truncate false in so many words, and a top_n that this dialect does not know.
        var body = new { raw_scores = false, truncate = false, truncation_direction = "Right", query = Query, texts = Documents, top_n = 1, return_text = true };
        var reply = await host.RerankAsync($"{host.Url}/rerank", body);

        AssertRanked(ReadEntries(reply, "score"));
        Assert.False(host.Gateway.Reranker.Calls.Single().Options.Truncation.Allowed);
    }

    [Fact]
    public async Task LiteLLM_huggingface_is_told_that_a_text_is_too_long()
    {
        await using var host = await StartAsync();
        host.Gateway.Reranker.Fail(RerankOutcome.TooLong);

        var answer = await host.PostAsync(
            $"{host.Url}/rerank", new { raw_scores = false, truncate = false, truncation_direction = "Right", query = Query, texts = Documents });

        Assert.Equal((422, "Validation"), (answer.Status, answer.Json.GetProperty("error_type").GetString()));
    }
}
