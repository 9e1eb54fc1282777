using System.Text.Json;
using Reranker.Gateway.Tests.Fakes;
using static Reranker.Gateway.Tests.Clients.ClientHost;

namespace Reranker.Gateway.Tests.Clients;

/// <summary>Clients of Jina's form. They read <c>results</c>, and where there are none <c>detail</c> as the reason, whatever the status.</summary>
public sealed class JinaClientTests
{
    private const string WrongKey = "Bearer wrong";

    [Fact]
    public async Task LangChain_JinaRerank()
    {
        await using var host = await StartAsync();

        // langchain-community at 08b4fce. Its address is a constant of the module, JINA_API_URL, which has to be set.
        var url = $"{host.Url}/v1/rerank";
        var body = new { query = Query, documents = Documents, model = "jina-reranker-v1-base-en", top_n = 3 };

        AssertRanked(ReadEntries(await host.RerankAsync(url, body), "results", "relevance_score"));
        AssertDetail((await host.PostAsync(url, body, WrongKey)).Json);
    }

    [Fact]
    public async Task LlamaIndex_JinaRerank()
    {
        await using var host = await StartAsync();

        // llama-index-postprocessor-jinaai-rerank at 5445609: Accept-Encoding: identity, top_n=2 by default.
        var url = $"{host.Url}/v1/rerank";
        var body = new { query = Query, documents = Documents, model = "jina-reranker-v1-base-en", top_n = 2 };

        AssertRanked(ReadEntries(await host.RerankAsync(url, body), "results", "relevance_score"));
        AssertDetail((await host.PostAsync(url, body, WrongKey)).Json);
    }

    [Fact]
    public async Task Haystack_JinaRanker()
    {
        await using var host = await StartAsync();

        // haystack-core-integrations at e43d3e6: top_k=None is sent as null; model and usage are subscripts.
        var url = $"{host.Url}/v1/rerank";
        var body = new { query = Query, documents = Documents, model = "jina-reranker-v1-base-en", top_n = (int?)null };
        var reply = await host.RerankAsync(url, body);

        AssertRanked(ReadEntries(reply, "results", "relevance_score"));
        Assert.NotEmpty(reply.GetProperty("model").GetString()!);
        Assert.Equal(20, reply.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        AssertDetail((await host.PostAsync(url, body, WrongKey)).Json);
    }

    [Theory]
    [InlineData("/rerank", null)]
    [InlineData("/rerank", 2)]
    [InlineData("/v1/rerank", 3)]
    public async Task Dify_openai_api_compatible_and_jina_and_gpustack_and_localai(string path, int? top)
    {
        await using var host = await StartAsync();

        // The plugins' 0.0.63, 0.0.23, 0.0.15 and 0.0.8. A 'document' that is there and null would break the last two.
        var reply = await host.RerankAsync(host.Url + path, new { model = "m", query = Query, documents = Documents, top_n = top });

        AssertRanked(ReadEntries(reply, "results", "relevance_score"));
        Assert.All(
            reply.GetProperty("results").EnumerateArray(),
            static r => Assert.True(!r.TryGetProperty("document", out var document) || document.GetProperty("text").ValueKind == JsonValueKind.String));
    }

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/v1/rerank")]
    [InlineData("/vllm/rerank")]
    public async Task RAGFlow_OpenAI_compatible_and_LocalAI_and_Jina_and_GPUStack(string path)
    {
        await using var host = await StartAsync();

        // ragflow at b1b8cd6: an entry for every text; a score outside [0, 1] would make it rescale all; usage where it is there.
        var reply = await host.RerankAsync(host.Url + path, new { model = "m", query = Query, documents = Documents, top_n = Documents.Length });

        AssertRanked(ReadEntries(reply, "results", "relevance_score"));
        Assert.All(ReadEntries(reply, "results", "relevance_score"), static r => Assert.InRange(r.Score, 0, 1));
        Assert.Equal(20, reply.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task RAGFlow_Xinference()
    {
        await using var host = await StartAsync();

        // ragflow at b1b8cd6: urljoin(base, "/v1/rerank"), booleans as strings.
        var reply = await host.RerankAsync(
            JoinUrl($"{host.Url}/", "/v1/rerank"), new { model = "m", query = Query, return_documents = "true", return_len = "true", documents = Documents });

        AssertRanked(ReadEntries(reply, "results", "relevance_score"));
    }

    [Fact]
    public async Task Dify_xinference()
    {
        await using var host = await StartAsync();

        // The plugin's 0.0.15 on xinference's client: which asks whether keys are wanted, and shows its own only then, ...
        Assert.True((await host.GetAsync($"{host.Url}/v1/cluster/auth", authorization: null)).Json.GetProperty("auth").GetBoolean());

        // ... then what kind of model it is, ...
        var model = await host.GetAsync($"{host.Url}/v1/models/bge-reranker-v2-m3");
        Assert.Equal((200, "rerank"), (model.Status, model.Json.GetProperty("model_type").GetString()));

        // ... and then for scores.
        var url = $"{host.Url}/v1/rerank";
        var body = new
        {
            model = "bge-reranker-v2-m3",
            documents = Documents,
            query = Query,
            top_n = (int?)null,
            max_chunks_per_doc = (int?)null,
            return_documents = true,
            return_len = (bool?)null,
            kwargs = "{}",
        };
        var results = (await host.RerankAsync(url, body)).GetProperty("results");

        Assert.Equal([Documents[1], Documents[0]], results.EnumerateArray().Select(static r => ReadDocument(r.GetProperty("document"))));
        AssertDetail((await host.PostAsync(url, body, WrongKey)).Json);
    }

    [Fact]
    public async Task Xinference_shows_no_key_to_a_gateway_that_wants_none()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.False((await host.GetAsync("/v1/cluster/auth")).Json.GetProperty("auth").GetBoolean());
    }

    [Fact]
    public async Task Open_WebUI()
    {
        await using var host = await StartAsync();

        // open-webui at 0668cb7: the full URL as it was typed; sorted by index, one score for every text.
        var reply = await host.RerankAsync($"{host.Url}/v1/rerank", new { model = "reranker", query = Query, documents = Documents, top_n = Documents.Length });

        Assert.Equal([0, 1], reply.GetProperty("results").EnumerateArray().Select(static r => r.GetProperty("index").GetInt32()).Order());
        AssertRanked(ReadEntries(reply, "results", "relevance_score"));
    }

    [Fact]
    public async Task LiteLLM_cohere()
    {
        await using var host = await StartAsync();

        // litellm at 0647d5b: {base}/v1/rerank, nulls left out, return_documents true by default; documents are typed {"text": str}.
        var reply = await host.RerankAsync($"{host.Url}/v1/rerank", new { model = "m", query = Query, documents = Documents, return_documents = true });

        AssertRanked(ReadEntries(reply, "results", "relevance_score"));
        Assert.All(reply.GetProperty("results").EnumerateArray(), static r => Assert.NotNull(r.GetProperty("document").GetProperty("text").GetString()));
        Assert.NotEmpty(reply.GetProperty("id").GetString()!);
    }

    /// <summary>Reads a list of entries under a name.</summary>
    private static IEnumerable<(int Index, double Score)> ReadEntries(JsonElement reply, string list, string score) =>
        ClientHost.ReadEntries(reply.GetProperty(list), score);

    /// <summary>A string, or an object with a text.</summary>
    private static string? ReadDocument(JsonElement document) => (document.ValueKind == JsonValueKind.String ? document : document.GetProperty("text")).GetString();

    private static void AssertDetail(JsonElement reply)
    {
        Assert.False(reply.TryGetProperty("results", out _));
        Assert.NotEmpty(reply.GetProperty("detail").GetString()!);
    }
}
