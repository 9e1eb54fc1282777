using System.Text.Json.Nodes;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Dialects;

/// <summary>Whole requests and whole replies, as the clients of each format send and read them. Logits: length / 10 - 1.</summary>
public sealed class GoldenReplyTests
{
    private const string Low = "0.2890504973749960"; // sigmoid(-0.9)
    private const string Meta = """
        "meta":{"api_version":{"version":"VERSION","is_experimental":false},"billed_units":{"search_units":1},
                "tokens":{"input_tokens":20,"output_tokens":0},"warnings":[]}
        """;

    private const string NimReply = """{"rankings":[{"index":1,"logit":0},{"index":0,"logit":-0.9}],USAGE}""";
    private const string ScoreList = """ "object":"list","created":CREATED """;
    private const string Head = """ "id":"req-1","model":"bge-reranker-v2-m3" """;
    private const string Usage = """ "usage":{"prompt_tokens":20,"total_tokens":20} """;

    public static TheoryData<string, string, string, string> Pairs => new()
    {
        { "LlamaIndex and Haystack, TEI", "/rerank", """{"query":"q","texts":["a","0123456789"]}""", """[{"index":1,"score":0.5},{"index":0,"score":LOW}]""" },
        { "Dify, TEI", "/rerank", """{"query":"q","texts":["a","0123456789"],"return_text":true}""", """[{"index":1,"score":0.5,"text":"0123456789"},{"index":0,"score":LOW,"text":"a"}]""" },
        { "RAGFlow, TEI", "/rerank", """{"query":"q","texts":["0123456789"],"raw_scores":false,"truncate":true}""", """[{"index":0,"score":0.5}]""" },
        { "LiteLLM, TEI with top_n that it does not know", "/rerank", """{"query":"q","texts":["a","0123456789"],"return_text":false,"top_n":1,"raw_scores":true,"truncate":false,"truncation_direction":"Right"}""", """[{"index":1,"score":0},{"index":0,"score":-0.9}]""" },
        { "Cohere v2", "/v2/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":["a","0123456789"],"top_n":1,"max_tokens_per_doc":4096,"priority":0}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5}],USAGE,META2}""" },
        { "Cohere v1 with objects and rank fields", "/v1/rerank", """{"query":"q","documents":[{"title":"0123","x":1},{"text":"a","title":"0123456789"}],"rank_fields":["title"],"return_documents":true,"top_n":1}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5,"document":{"text":"a","title":"0123456789"}}],USAGE,META1}""" },
        { "Jina and Haystack", "/v1/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":[{"text":"a"},"0123456789"],"top_n":null}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":LOW}],USAGE,META1}""" },
        { "RAGFlow, Xinference with strings for booleans", "/v1/rerank", """{"model":"bge-reranker-v2-m3","query":"q","return_documents":"true","return_len":"true","documents":["a","0123456789"],"top_n":"1"}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5,"document":{"text":"0123456789"}}],USAGE,META1}""" },
        { "xinference-client with nulls everywhere", "/v1/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":["a","0123456789"],"top_n":null,"max_chunks_per_doc":null,"return_documents":null,"return_len":null,"kwargs":"{}"}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":LOW}],USAGE,META1}""" },
        { "vLLM, raw, 0 is all", "/rerank", """{"query":"q","documents":[{"content":"a"},"0123456789"],"top_n":0,"use_activation":false,"truncate_prompt_tokens":-1,"truncation_side":"left"}""", """{HEAD,"results":[{"index":1,"relevance_score":0},{"index":0,"relevance_score":-0.9}],USAGE,META1}""" },
        { "Cohere v1 with objects, whole", "/v1/rerank", """{"query":"q","documents":[{"content":"a","id":[1, {"x":"y"}]},"0123456789"],"return_documents":true}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5,"document":{"text":"0123456789"}},{"index":0,"relevance_score":LOW,"document":{"content":"a","id":[1,{"x":"y"}]}}],USAGE,META1}""" },
        { "vLLM with parts of text", "/rerank", """{"query":{"content":[{"type":"text","text":"q"}]},"documents":[{"content":[{"type":"text","text":"0123"},{"type":"text","text":"56789"}]},"a"],"top_k":1}""", """{HEAD,"results":[{"index":0,"relevance_score":0.5}],USAGE,META1}""" },
        { "LangChain, NIM", "/v1/ranking", """{"model":"bge-reranker-v2-m3","query":{"text":"q"},"passages":[{"text":"a"},{"text":"0123456789"}],"truncate":"END"}""", NimReply },
        { "LangChain, NIM, under its prefix", "/nim/v1/ranking", """{"model":"bge-reranker-v2-m3","query":{"text":"q"},"passages":[{"text":"a"},{"text":"0123456789"}]}""", NimReply },
        { "RAGFlow, NIM", "/reranking", """{"model":"bge-reranker-v2-m3","query":{"text":"q"},"passages":[{"text":"a"},{"text":"0123456789"}],"truncate":"END","top_n":2}""", NimReply },
        { "LiteLLM, NIM, with the model in the path", "/v1/retrieval/bge-reranker-v2-m3/reranking", """{"query":{"text":"q"},"passages":[{"text":"a"},{"text":"0123456789"}]}""", NimReply },
        { "llama.cpp", "/v1/reranking", """{"query":"q","documents":["a","0123456789"],"top_n":1}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5}],USAGE,META1}""" },
        { "vLLM, score of one with one", "/score", """{"model":"bge-reranker-v2-m3","text_1":"q","text_2":"a"}""", """{HEAD,LIST,"data":[{"index":0,"object":"score","score":LOW}],"usage":{"prompt_tokens":10,"total_tokens":10}}""" },
        { "vLLM, scores of one with several, in order", "/v1/score", """{"text_1":["q"],"text_2":["a","0123456789"],"use_activation":null}""", """{HEAD,LIST,"data":[{"index":0,"object":"score","score":LOW},{"index":1,"object":"score","score":0.5}],USAGE}""" },
        { "vLLM, scores of pairs", "/vllm/v1/score", """{"queries":["q","r"],"documents":["a","0123456789"],"use_activation":false}""", """{HEAD,LIST,"data":[{"index":0,"object":"score","score":-0.9},{"index":1,"object":"score","score":0}],USAGE}""" },
        { "vLLM, scores of parts", "/vllm/score", """{"data_1":{"content":[{"type":"text","text":"q"}]},"data_2":{"content":[{"type":"text","text":"a"},{"type":"text","text":"0123456789"}]}}""", """{HEAD,LIST,"data":[{"index":0,"object":"score","score":LOW},{"index":1,"object":"score","score":0.5}],USAGE}""" },
        { "LiteLLM, vLLM under its prefix", "/vllm/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":[{"text":"a","id":1}]}""", """{HEAD,"results":[{"index":0,"relevance_score":LOW,"document":{"text":"a"}}],"usage":{"prompt_tokens":10,"total_tokens":10},META10}""" },
        { "LiteLLM, Infinity under its prefix", "/infinity/v1/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":["a","0123456789"],"return_documents":true}""", """{HEAD,"object":"rerank","created":CREATED,"results":[{"index":1,"relevance_score":0.5,"document":"0123456789"},{"index":0,"relevance_score":LOW,"document":"a"}],USAGE}""" },
        { "LangChain, Infinity under its prefix", "/infinity/rerank", """{"query":"q","documents":["a","0123456789"],"model":"default/not-specified"}""", """{HEAD,"object":"rerank","created":CREATED,"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":LOW}],USAGE}""" },
        { "voyageai", "/voyage/v1/rerank", """{"query":"q","documents":["a","0123456789"],"model":"bge-reranker-v2-m3","top_k":1,"truncation":true}""", """{"object":"list","data":[{"index":1,"relevance_score":0.5}],"model":"bge-reranker-v2-m3",USAGE}""" },
        { "Dify, Voyage", "/voyage/rerank", """{"query":"q","documents":["a"],"model":"bge-reranker-v2-m3","top_k":null,"return_documents":true}""", """{"object":"list","data":[{"index":0,"relevance_score":LOW,"document":"a"}],"model":"bge-reranker-v2-m3","usage":{"prompt_tokens":10,"total_tokens":10}}""" },
        { "TEI under its prefix", "/tei/rerank", """{"query":"q","texts":["a","0123456789"]}""", """[{"index":1,"score":0.5},{"index":0,"score":LOW}]""" },
        { "TEI, a pair", "/predict", """{"inputs":["q","a"]}""", """[{"score":LOW,"label":"LABEL_0"}]""" },
        { "TEI, a list of pairs", "/tei/predict", """{"inputs":[["q","a"],["r","0123456789"]],"raw_scores":true,"truncate":true}""", """[[{"score":-0.9,"label":"LABEL_0"}],[{"score":0,"label":"LABEL_0"}]]""" },
        { "cohere-ai under its prefix", "/cohere/v2/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":["a","0123456789"],"top_n":1}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5}],USAGE,META2}""" },
        { "Jina under its prefix", "/jina/v1/rerank", """{"model":"bge-reranker-v2-m3","query":"q","documents":["a","0123456789"],"top_n":1}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5}],USAGE,META1}""" },
        { "Infinity without a model", "/rerank", """{"query":"q","documents":["a","0123456789"],"model":"default/not-specified","return_documents":false,"top_n":99}""", """{HEAD,"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":LOW}],USAGE,META1}""" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_client_gets_the_reply_that_it_reads(string client, string path, string request, string reply)
    {
        Assert.NotEmpty(client);
        await using var host = await GatewayHost.StartAsync(new FixedClock());

        var answer = await host.PostAsync(path, request, ("X-Request-Id", "req-1"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        Assert.Equal("req-1", answer.Headers["X-Request-Id"]);
        var expected = reply.Replace("LOW", Low, StringComparison.Ordinal)
            .Replace("HEAD", Head, StringComparison.Ordinal)
            .Replace("USAGE", Usage, StringComparison.Ordinal)
            .Replace("LIST", ScoreList, StringComparison.Ordinal)
            .Replace("CREATED", $"{FixedClock.Seconds}", StringComparison.Ordinal)
            .Replace("META10", Meta.Replace("VERSION", "1", StringComparison.Ordinal).Replace("20,", "10,", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("META1", Meta.Replace("VERSION", "1", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("META2", Meta.Replace("VERSION", "2", StringComparison.Ordinal), StringComparison.Ordinal);
        AssertSameJson(JsonNode.Parse(expected), JsonNode.Parse(answer.Body), "$");
    }

    /// <summary>A clock that always shows the same time of day, and measures and waits as ever.</summary>
    private sealed class FixedClock : TimeProvider
    {
        public const long Seconds = 1_700_000_000;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Seconds);
    }

    private static void AssertSameJson(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject fields:
                var actualFields = Assert.IsType<JsonObject>(actual);
                Assert.Equal(fields.Select(static field => field.Key).Order(), actualFields.Select(static field => field.Key).Order());
                foreach (var (name, value) in fields)
                {
                    AssertSameJson(value, actualFields[name], $"{path}.{name}");
                }

                break;
            case JsonArray items:
                var actualItems = Assert.IsType<JsonArray>(actual);
                Assert.Equal(items.Count, actualItems.Count);
                for (var i = 0; i < items.Count; i++)
                {
                    AssertSameJson(items[i], actualItems[i], $"{path}[{i}]");
                }

                break;
            case JsonValue number when number.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                Assert.Equal(number.GetValue<double>(), actual!.GetValue<double>(), 1e-6);
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: expected {expected}, got {actual}");
                break;
        }
    }
}
