using System.Text.Json;
using static Reranker.Gateway.Tests.Clients.ClientHost;

namespace Reranker.Gateway.Tests.Clients;

/// <summary>Clients of NVIDIA's, vLLM's, Infinity's and Voyage's servers.</summary>
public sealed class OtherClientTests
{
    [Theory]
    [InlineData("/v1")]
    [InlineData("/nim/v1")]
    public async Task LangChain_NVIDIARerank(string root)
    {
        await using var host = await StartAsync();

        // langchain-nvidia at 038cacf: a base URL that ends in /v1; without a model it takes the first of the list whose "root" is not another.
        var models = (await host.GetAsync($"{host.Url}{root}/models")).Json.GetProperty("data");
        var model = models.EnumerateArray().First(static m => !m.TryGetProperty("root", out var parent) || parent.GetString() == m.GetProperty("id").GetString()).GetProperty("id").GetString();
        var reply = await host.RerankAsync($"{host.Url}{root}/ranking", new { model, query = new { text = Query }, passages = Passages });

        // The first top_n of a batch of 32 are taken as they come.
        AssertLogits(reply);
    }

    [Fact]
    public async Task LangChain_NVIDIARerank_shows_title_and_status()
    {
        await using var host = await StartAsync();

        var answer = await host.PostAsync($"{host.Url}/v1/ranking", new { model = "m", query = new { text = Query }, passages = Passages }, "Bearer wrong");

        Assert.Equal(401, answer.Status);
        Assert.Equal((401, "Unauthorized"), (answer.Json.GetProperty("status").GetInt32(), answer.Json.GetProperty("title").GetString()));
        Assert.NotEmpty(answer.Json.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task LlamaIndex_NVIDIARerank()
    {
        await using var host = await StartAsync();

        // llama-index-postprocessor-nvidia-rerank at 01a2f11: the last part of the base URL must be v1; batches of 64.
        var reply = await host.RerankAsync($"{host.Url}/v1/ranking", new { model = "nv-rerank-qa-mistral-4b:1", query = new { text = Query }, passages = Passages });

        AssertLogits(reply);
    }

    [Theory]
    [InlineData("/v1/retrieval/nvidia/", "reranking")]
    [InlineData("/v1/retrieval/nvidia/", "nv-rerankqa-mistral-4b-v3/reranking")]
    [InlineData("/", "reranking")]
    public async Task RAGFlow_NVIDIA(string root, string path)
    {
        await using var host = await StartAsync();

        // ragflow at b1b8cd6: the hosted API's paths below any base URL.
        var reply = await host.RerankAsync(
            JoinUrl(host.Url + root, path), new { model = "m", query = new { text = Query }, passages = Passages, truncate = "END", top_n = Documents.Length });

        AssertLogits(reply);
    }

    [Fact]
    public async Task Haystack_VLLMRanker()
    {
        await using var host = await StartAsync();

        // haystack-core-integrations at 165d07b: {api_base_url}/rerank with /v1 in it, no look at the status, meta from model and usage.
        var url = $"{host.Url}/v1/rerank";
        var body = new { model = "BAAI/bge-reranker-base", query = Query, documents = Documents, truncate_prompt_tokens = 256 };
        var reply = await host.RerankAsync(url, body);

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
        Assert.NotEmpty(reply.GetProperty("model").GetString()!);
        Assert.Equal(20, reply.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.NotEmpty((await host.PostAsync(url, body, "Bearer wrong")).Json.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/vllm/rerank")]
    public async Task LiteLLM_hosted_vllm(string path)
    {
        await using var host = await StartAsync();

        // litellm at 05d54f5: {base}/rerank even where /v1/rerank was typed, nulls left out; document.text where document is there.
        var body = new
        {
            model = "m",
            query = Query,
            documents = Documents,
            top_n = 2,
            return_documents = true,
            max_tokens_per_doc = 512,
            truncate_prompt_tokens = -1,
            truncation_side = "left",
            max_tokens_per_query = 128,
        };
        var reply = await host.RerankAsync(host.Url + path, body);

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
        Assert.All(reply.GetProperty("results").EnumerateArray(), static r => Assert.Equal(Documents[r.GetProperty("index").GetInt32()], r.GetProperty("document").GetProperty("text").GetString()));
        Assert.Equal(20, reply.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task LiteLLM_hosted_vllm_with_an_instruction_is_told_that_it_has_no_effect()
    {
        await using var host = await StartAsync();

        var reply = await host.RerankAsync($"{host.Url}/vllm/rerank", new { model = "m", query = Query, documents = Documents, instruction = "Find answers." });

        Assert.Contains("'instruction'", reply.GetProperty("meta").GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LangChain_InfinityRerank()
    {
        await using var host = await StartAsync();

        // langchain-community at fa4b83b on infinity_client, which takes no other "object" than "rerank", and a document as a string or none.
        var body = new { query = Query, documents = Documents, return_documents = false, raw_scores = false, model = "BAAI/bge-reranker-base" };
        var reply = await host.RerankAsync($"{host.Url}/infinity/rerank", body);
        var bare = await host.RerankAsync($"{host.Url}/rerank", body);

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
        AssertRanked(ReadEntries(bare.GetProperty("results"), "relevance_score"));
        Assert.Equal("rerank", reply.GetProperty("object").GetString());
        Assert.False(bare.TryGetProperty("object", out _));
        Assert.All([reply, bare], static r =>
        {
            Assert.NotEmpty(r.GetProperty("model").GetString()!);
            Assert.Equal((20, 20), (r.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), r.GetProperty("usage").GetProperty("total_tokens").GetInt32()));
        });
    }

    [Fact]
    public async Task LiteLLM_infinity()
    {
        await using var host = await StartAsync();

        // litellm at 0c1eb44: asks for documents, and keeps each entry as it is; its type of a document is a string.
        var reply = await host.RerankAsync($"{host.Url}/infinity/v1/rerank", new { model = "m", query = Query, documents = Documents, return_documents = true });

        AssertRanked(ReadEntries(reply.GetProperty("results"), "relevance_score"));
        Assert.All(reply.GetProperty("results").EnumerateArray(), static r => Assert.Equal(Documents[r.GetProperty("index").GetInt32()], r.GetProperty("document").GetString()));
        Assert.True(reply.GetProperty("usage").GetProperty("total_tokens").GetInt32() - reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() >= 0);
    }

    [Fact]
    public async Task Dify_voyage()
    {
        await using var host = await StartAsync();

        // The plugin's 0.0.13: top_k=None is sent as null; data, with each document a string.
        var reply = await host.RerankAsync(
            $"{host.Url}/voyage/v1/rerank", new { model = "m", query = Query, documents = Documents, top_k = (int?)null, return_documents = true });

        AssertRanked(ReadEntries(reply.GetProperty("data"), "relevance_score"));
        Assert.Equal([Documents[1], Documents[0]], reply.GetProperty("data").EnumerateArray().Select(static r => r.GetProperty("document").GetString()));
    }

    [Fact]
    public async Task Dify_nvidia()
    {
        await using var host = await StartAsync();

        // The plugin's 0.0.8 calls the hosted API alone; its path is one of ours. It makes relevances of the logits itself.
        var reply = await host.RerankAsync(
            $"{host.Url}/v1/retrieval/nvidia/reranking", new { model = "m", query = new { text = Query }, passages = Passages });

        AssertLogits(reply);
    }

    [Fact]
    public async Task The_AI_SDK_s_Voyage_provider_shows_the_reason_of_an_error_whose_code_is_a_text()
    {
        await using var host = await StartAsync();

        var answer = await host.PostAsync($"{host.Url}/voyage/v1/rerank", new { model = "m", query = " ", documents = Documents });

        var error = answer.Json.GetProperty("error");
        Assert.Equal((400, "400", JsonValueKind.String), (answer.Status, error.GetProperty("code").GetString(), error.GetProperty("type").ValueKind));
        Assert.Equal(answer.Json.GetProperty("detail").GetString(), error.GetProperty("message").GetString());
    }

    /// <summary>Logits, the best first, of <see cref="Documents"/>.</summary>
    private static void AssertLogits(JsonElement reply) =>
        Assert.Equal([(1, 0f), (0, -0.9f)], ReadEntries(reply.GetProperty("rankings"), "logit").Select(static r => (r.Index, (float)r.Score)));
}
