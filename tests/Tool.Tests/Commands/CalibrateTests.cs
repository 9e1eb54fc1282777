using System.Net.Http.Json;
using System.Text.Json;
using Reranker.Client;
using Reranker.Client.Scores;
using Reranker.ClusterKit.Processes;
using Reranker.Inference.Models;
using Reranker.TestKit;
using Reranker.Tool.Commands;
using Reranker.Tool.Models;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker calibrate</c> with the bundled model, and a server that has its map.</summary>
public sealed class CalibrateTests : IDisposable
{
    private static readonly string[] Topics = ["bread baked in an oven", "a bridge over a river", "rust on old iron", "songs of a blackbird", "snow on high mountains", "a letter of complaint"];

    // Of documents that are cut nothing but this is left, and nothing could be fitted to it.
    private static readonly string Filler = string.Join(' ', Enumerable.Repeat("On that day nothing of note was seen by anybody.", 8));

    private readonly TempFolder _temp = new();

    public CalibrateTests() => File.WriteAllLines(_temp["data.jsonl"], Topics.Select(static (topic, at) => JsonSerializer.Serialize(new
    {
        set = "topics",
        query = topic,
        documents = Topics.Select(static t => $"{Filler} This is a text on {t}."),
        relevant = at,
    })));

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_server_with_the_map_answers_with_its_probabilities()
    {
        var (code, output, error) = await RerankerProgram.RunAsync(
            ["calibrate", DefaultModel.Path, "--engine", "cpu", "--data", _temp["data.jsonl"], "--folds", "3", "--out", _temp["map.json"], "--max-pair-tokens", "48", "--max-chunks", "9", "--chunk-overlap", "16"]);

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("long documents in up to 9 chunks that share 16 tokens, pairs of 48 tokens at most", output, StringComparison.Ordinal);
        Assert.Contains("36        6", output, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(_temp["map.html"]), StringComparison.Ordinal);
        var map = ScoreMapFile.ReadMap(_temp["map.json"]).Map!;
        Assert.Equal(ModelFolder.ReadManifest(DefaultModel.Path).Identity, map.Identity);
        Assert.Equal((6, 36, 6, 3), (map.Evidence!.Queries, map.Evidence.Pairs, map.Evidence.Relevant, map.Evidence.Folds));

        Assert.Equal(new ScoreMapLongTexts(9, 16, ChunkAtSentences: false, 48), map.LongTexts);
        var (process, url) = await RerankerProgram.ServeAsync(["--engine", "cpu"], new() { ["Gateway__Client__ScoreMaps__0"] = _temp["map.json"] });
        await using (process)
        {
            using var http = new HttpClient { BaseAddress = url };
            var (scores, logits) = (await ScoreAsync(http, raw: false), await ScoreAsync(http, raw: true));
            Assert.All(logits.Zip(scores), pair => Assert.Equal(map.Curve.FindProbability(pair.First), pair.Second, 1e-6));
            Assert.NotEqual(ScoreCurve.Sigmoid.FindProbability(logits[0]), scores[0], 1e-3);

            using var info = JsonDocument.Parse(await http.GetStringAsync("/info", TestContext.Current.CancellationToken));
            Assert.Equal(9, info.RootElement.GetProperty("score_map").GetProperty("long_texts").GetProperty("max_chunks").GetInt32());
            Assert.Equal(map.Curve.Intercept, info.RootElement.GetProperty("score_map").GetProperty("intercept").GetDouble());
        }
    }

    [Theory]
    [InlineData("--overwrite replaces it", "--out", "map.json")]
    [InlineData("there is no such folder", "--out", "none/map.json")]
    [InlineData("would take its place", "--out", "page.html")]
    [InlineData("cannot be written", "--out", "/proc/new.json")]
    [InlineData("has 6 different queries", "--out", "new.json", "--folds", "7")]
    public async Task What_cannot_be_done_is_told_before_anything_is_scored(string sentence, string option, string file, params string[] more)
    {
        File.WriteAllText(_temp["map.json"], "mine");
        using var error = new StringWriter();

        var code = await ToolCommandLine.RunAsync(
            ["calibrate", DefaultModel.Path, "--engine", "cpu", "--data", _temp["data.jsonl"], option, _temp[file], .. more], TextWriter.Null, error);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(sentence, error.ToString(), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_temp["map.json"]));
        Assert.False(File.Exists(_temp["new.json"]));
    }

    [Theory]
    [InlineData("every document", "[0, 1]")]
    [InlineData("no document", "[]")]
    [InlineData("line 1 is no query", "[2]")]
    [InlineData("line 1 is no query", "[0, 0]")]
    [InlineData("line 1 is no query", "[0]", "[null, \"b\"]")]
    [InlineData("line 1 is no query", "[]", "[]")]
    public async Task So_is_data_from_which_nothing_can_be_learnt(string sentence, string relevant, string documents = "[\"a\", \"b\"]")
    {
        File.WriteAllLines(_temp["data.jsonl"], Topics.Select(topic => $$"""{"set":"s","query":"{{topic}}","documents":{{documents}},"relevant":{{relevant}}}"""));
        using var error = new StringWriter();

        var code = await ToolCommandLine.RunAsync(
            ["calibrate", DefaultModel.Path, "--engine", "cpu", "--data", _temp["data.jsonl"], "--out", _temp["new.json"]], TextWriter.Null, error);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(sentence, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("queries", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<double[]> ScoreAsync(HttpClient http, bool raw)
    {
        using var reply = await http.PostAsJsonAsync(
            "/rerank", new { query = Topics[0], texts = Topics, raw_scores = raw }, TestContext.Current.CancellationToken);
        using var ranks = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return [.. ranks.RootElement.EnumerateArray().Select(static r => r.GetProperty("score").GetDouble())];
    }
}
