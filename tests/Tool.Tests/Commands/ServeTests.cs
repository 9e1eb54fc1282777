using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker serve</c> as a process, with the bundled model: the whole path from HTTP to engine and back.</summary>
public sealed class ServeTests(ServedModel server) : IClassFixture<ServedModel>
{
    private const string Query = "How can I make a battery last longer?";

    private static readonly string[] Passages =
        ["Bread is baked in an oven.", "배터리를 고온에 두지 말고 완전히 방전되기 전에 충전하세요.", "A bridge connects two network interfaces."];

    private readonly HttpClient _http = server.Http;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_dialects_rank_alike()
    {
        var tei = await PostAsync("/rerank", new { query = Query, texts = Passages });
        Assert.Equal([1, 0, 2], tei.EnumerateArray().Select(r => r.GetProperty("index").GetInt32()));

        var cohere = await PostAsync("/v2/rerank", new { query = Query, documents = Passages, top_n = 2 });
        var results = cohere.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal([1, 0], results.Select(r => r.GetProperty("index").GetInt32()));
        Assert.Equal(tei[0].GetProperty("score").GetDouble(), results[0].GetProperty("relevance_score").GetDouble());

        var info = await _http.GetFromJsonAsync<JsonElement>("/info", Cancelled);
        Assert.Equal("reranker-mini", info.GetProperty("model_id").GetString());
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/health", Cancelled)).StatusCode);
        Assert.Contains("reranker_", await _http.GetStringAsync("/metrics", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_servers_run_side_by_side_and_one_stops_cleanly()
    {
        var (second, url) = await RerankerProgram.ServeAsync();
        await using var _ = second;
        var body = new { query = "bread", texts = Passages };
        var here = await PostAsync("/rerank", body);
        var there = await PostAsync(new Uri(url, "/rerank").ToString(), body);
        Assert.Equal(here.GetRawText(), there.GetRawText());

        await second.SignalAsync("TERM");
        Assert.Equal(ExitCodes.Success, await second.WaitForExitAsync(Cancelled));
    }

    [Fact]
    public async Task Scores_under_load_equal_the_scores_alone()
    {
        var texts = Enumerable.Range(0, 12).Select(i => $"{Passages[i % 3]} {string.Join(' ', Enumerable.Repeat("etwas", i * 5))}").ToArray();
        var alone = new float[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            alone[i] = (await LogitsAsync([texts[i]]))[0];
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 24), Cancelled, async (i, _) =>
        {
            var chosen = Enumerable.Range(0, 1 + i % texts.Length).Select(k => (k * 5 + i) % texts.Length).ToArray();
            var logits = await LogitsAsync([.. chosen.Select(c => texts[c])]);
            for (var k = 0; k < chosen.Length; k++)
            {
                Assert.InRange(logits[k], alone[chosen[k]] - 0.01, alone[chosen[k]] + 0.01);
            }
        });
    }

    [Fact]
    public async Task What_is_too_long_is_cut_and_told()
    {
        var body = new { query = "bread", documents = new[] { new string('x', 1_000_000), "Bread.", "a\0b \ud800 c" } };
        using var response = await _http.PostAsJsonAsync("/v1/rerank", body, Cancelled);
        var reply = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, reply.GetProperty("results").GetArrayLength());
        Assert.NotEmpty(reply.GetProperty("meta").GetProperty("warnings").EnumerateArray());
    }

    [Theory]
    [InlineData("{\"query\":\"q\",\"texts\":[\"" + "a\"],\"truncate\":\"perhaps\"}", 422)]
    [InlineData("{\"query\":\"q\",\"texts\":[]}", 400)]
    [InlineData("{\"query\":\" \",\"documents\":[\"a\"]}", 400)]
    [InlineData("{\"query\":\"q\",\"documents\":[\"a\"],\"model\":\"no-such-model\"}", 404)]
    [InlineData("{\"query\":\"q\",\"documents\":[\"a\"]", 400)]
    public async Task Bad_input_is_refused_in_words(string body, int status)
    {
        using var response = await _http.PostAsync("/rerank", new StringContent(body, Encoding.UTF8, "application/json"), Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEmpty(await response.Content.ReadAsStringAsync(Cancelled));
    }

    private async Task<float[]> LogitsAsync(string[] texts)
    {
        var ranks = await PostAsync("/rerank", new { query = Query, texts, raw_scores = true });
        var logits = new float[texts.Length];
        foreach (var rank in ranks.EnumerateArray())
        {
            logits[rank.GetProperty("index").GetInt32()] = rank.GetProperty("score").GetSingle();
        }

        return logits;
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body, Cancelled);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync(Cancelled)}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }
}
