using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Dialects;

/// <summary>What a dialect of its own path or prefix refuses: in its own shape, and before the fleet hears of it.</summary>
public sealed class BadDialectBodyTests
{
    public static TheoryData<string, string, int, string> Bodies => new()
    {
        { "/infinity/rerank", """{"query":"q","documents":[{"text":"a"}]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"image":"x"}]}""", 400, "message" },
        { "/v1/rerank", """{"query":"q","documents":[{"content":[{"type":"image_url","image_url":{}}]}]}""", 400, "message" },
        { "/infinity/rerank", """{"query":"q","documents":["a"],"instruction":"x"}""", 400, "message" },
        { "/voyage/v1/rerank", """{"query":"q","documents":["a"],"top_k":-1}""", 400, "voyage" },
        { "/cohere/v1/rerank", """{"query":"q","texts":["a"]}""", 400, "message" },
        { "/tei/rerank", """{"query":"q","documents":["a"]}""", 422, "Validation" },
        { "/predict", """{"inputs":"a"}""", 422, "Validation" },
        { "/predict", """{"inputs":["a"]}""", 422, "Validation" },
        { "/predict", """{"inputs":["a","b","c"]}""", 422, "Validation" },
        { "/predict", """{"inputs":[["a","b"],["c"]]}""", 422, "Validation" },
        { "/predict", """{"inputs":[["a","b"],"c"]}""", 422, "Validation" },
        { "/predict", """{"inputs":[["a","b"],[" ","c"]]}""", 422, "Validation" },
        { "/predict", """{"inputs":[]}""", 400, "Empty" },
        { "/predict", """{"inputs":[["a","b"],["a","b"],["a","b"],["a","b"],["a","b"]]}""", 422, "Validation" },
        { "/tei/predict", """{"texts":["a"]}""", 422, "Validation" },
        { "/v1/ranking", "{", 400, "nim" },
        { "/reranking", """{"query":"q"}""", 400, "nim" },
        { "/v1/ranking", """{"query":"q"}""", 400, "nim" },
        { "/v1/ranking", """{"query":{"text":"q"},"passages":[]}""", 400, "nim" },
        { "/v1/ranking", """{"query":{"text":"q"},"passages":[{"image":"x"}]}""", 400, "nim" },
        { "/v1/ranking", """{"query":{"text":"q"},"passages":[{"text":"a","image":"x"}]}""", 400, "nim" },
        { "/v1/ranking", """{"query":{"text":"q"},"passages":[{"text":"a"}],"truncate":"MIDDLE"}""", 400, "nim" },
        { "/score", """{"text_1":"q","text_2":[{"text":"a","image_url":{}}]}""", 400, "message" },
        { "/v1/retrieval/nvidia/gpt-4/reranking", """{"query":{"text":"q"},"passages":[{"text":"a"}]}""", 404, "nim" },
        { "/score", """{"text_1":"q"}""", 400, "message" },
        { "/score", """{"text_1":["q","r"],"text_2":["a","b","c"]}""", 400, "message" },
        { "/score", """{"text_1":["q","r"],"text_2":"a"}""", 400, "message" },
        { "/score", """{"text_1":[],"text_2":"a"}""", 400, "message" },
        { "/score", """{"text_1":["q"," "],"text_2":["a","b"]}""", 400, "message" },
        { "/score", """{"queries":"q","documents":"a","items":"b"}""", 400, "message" },
        { "/score", """{"text_1":"q","text_2":"a","instruction":"x"}""", 400, "message" },
        { "/score", """{"text_1":"q","text_2":["a","b","c","d","e"]}""", 400, "message" },
        { "/score", """{"text_1":"q","text_2":{"content":["a","b","c","d","e"]}}""", 400, "message" },
        { "/score", """{"text_1":"q","text_2":{"content":[{"type":"image_url","image_url":{}}]}}""", 400, "message" },
    };

    [Theory]
    [InlineData("/v1/rerank", """{"query":"q","documents":[{"image":"x"}]}""", "'documents[0].image' is not scored")]
    [InlineData("/rerank", """{"query":{"image_url":"x"},"documents":["a"]}""", "'query.image_url' is not scored")]
    [InlineData("/v1/ranking", """{"query":"q","passages":["a",{"text":"a","image":"x"}]}""", "'passages[1].image' is not scored")]
    [InlineData("/v2/rerank", """{"query":"q","documents":[{"content":[{"type":"image_url","image_url":{}}]}]}""", "parts of type 'image_url' are not scored")]
    public async Task An_image_is_refused_by_its_name(string path, string body, string message)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Contains(message, (await host.PostAsync(path, body)).Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_costs_the_fleet_nothing(string path, string body, int status, string shape)
    {
        await using var host = await GatewayHost.StartAsync(("MaxPassages", "4"));

        var answer = await host.PostAsync(path, body);

        Assert.Equal(status, answer.Status);
        ErrorShape.Check(answer, shape);

        // Whether a model is served is the fleet's to say.
        Assert.DoesNotContain(host.Reranker.Calls, static call => call.Options.Model is null);
    }
}
