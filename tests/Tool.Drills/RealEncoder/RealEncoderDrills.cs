using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.ClusterKit.Processes;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;

namespace Reranker.Tool.Drills.RealEncoder;

/// <summary>Tokenizer, importer of other people's ONNX files and BERT's encoder on a model that people use: all-MiniLM-L6-v2.</summary>
public sealed class RealEncoderDrills(MiniLmFolders folders) : IClassFixture<MiniLmFolders>
{
    private const double Tolerance = 1e-3;

    [Fact]
    public async Task WordPiece_with_the_real_vocabulary_gives_the_ids_of_the_description_on_5000_texts()
    {
        await ImportAsync(folders.Classifier, "tokenizer");
        var tokenizer = TextTokenizers.Load(ModelFolder.Open(folders["tokenizer"]));
        var reference = new WordPieceReference(folders.Pieces);

        Assert.Equal(30_522, tokenizer.VocabularySize);
        foreach (var text in ScriptTexts.List(5000, seed: 9).Concat(RealPairs.Passages))
        {
            Assert.True(reference.Encode(text).SequenceEqual(tokenizer.Encode(text).Ids), text);
        }
    }

    [Fact]
    public async Task An_embedder_is_refused_because_it_gives_no_logits()
    {
        var (code, _, error) = await RerankerProgram.RunAsync(["import", folders.Embedder, "--out", folders["never"]]);
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("model.onnx: gives last_hidden_state, 924; 'logits' of a classifier is read, and no output of a graph that generates or embeds", error, StringComparison.Ordinal);

        // As it was published: the configuration says by itself that it is none.
        var published = Directory.CreateDirectory(folders["published"]).FullName;
        foreach (var file in Directory.EnumerateFiles(folders.Embedder))
        {
            File.Copy(file, Path.Combine(published, Path.GetFileName(file)));
        }

        var path = Path.Combine(published, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["architectures"] = new JsonArray("BertModel");
        File.WriteAllText(path, config.ToJsonString());
        (code, _, error) = await RerankerProgram.RunAsync(["import", published, "--out", folders["never"]]);
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("config.json: architectures is [BertModel]", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folders["never"]));
    }

    [Fact]
    public async Task With_a_classifier_behind_it_it_is_taken_verified_and_served()
    {
        await ImportAsync(folders.Classifier, "served");
        var (code, output, error) = await RerankerProgram.RunAsync(["verify", "--model", folders["served"], "--engine", "cpu"]);
        Assert.True(code == ExitCodes.Success, output + error);

        var (process, url) = await RerankerProgram.ServeAsync("--model", folders["served"], "--engine", "cpu");
        await using (process)
        {
            using var http = new HttpClient { BaseAddress = url };
            var response = await http.PostAsJsonAsync(
                "/rerank", new { query = RealPairs.Query, texts = RealPairs.Passages, raw_scores = true }, TestContext.Current.CancellationToken);
            response.EnsureSuccessStatusCode();
            using var ranks = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            AssertNear(ScoreWithRuntime(), ReadScores(ranks.RootElement, "score"), Tolerance);
        }
    }

    [Fact]
    public async Task The_same_weights_as_a_checkpoint_score_as_the_graph_that_others_made()
    {
        await ImportAsync(folders.Checkpoint, "fp32", "--precision", "fp32");
        AssertNear(ScoreWithRuntime(), await RankAsync("fp32"), Tolerance);

        await ImportAsync(folders.Checkpoint, "int8", "--precision", "int8");
        AssertNear(ScoreWithRuntime(), await RankAsync("int8"), ModelPrecision.Int8.LogitTolerance);
        var (code, output, error) = await RerankerProgram.RunAsync(["verify", "--model", folders["int8"], "--engine", "cpu", "--source", folders.Checkpoint]);
        Assert.True(code == ExitCodes.Success, output + error);
    }

    private static void AssertNear(double[] expected, double[] scores, double tolerance)
    {
        // A head that gives all pairs one logit would prove nothing.
        Assert.True(expected.Max() - expected.Min() > 1, string.Join(' ', expected));
        Assert.All(scores.Zip(expected), pair => Assert.InRange(pair.First, pair.Second - tolerance, pair.Second + tolerance));
    }

    private static double[] ReadScores(JsonElement ranks, string name)
    {
        var scores = new double[ranks.GetArrayLength()];
        foreach (var rank in ranks.EnumerateArray())
        {
            scores[rank.GetProperty("index").GetInt32()] = rank.GetProperty(name).GetDouble();
        }

        Assert.Equal(RealPairs.Passages.Count, scores.Length);
        return scores;
    }

    private double[] ScoreWithRuntime() => RealPairs.Score(folders.ClassifierGraph, new WordPieceReference(folders.Pieces), folders.Pieces);

    private async Task<double[]> RankAsync(string name)
    {
        var lines = string.Join('\n', RealPairs.Passages.Select(p => JsonSerializer.Serialize(new { text = p })));
        var (code, output, error) = await RerankerProgram.RunAsync(["rank", RealPairs.Query, "--format", "jsonl", "--json", "--model", folders[name], "--engine", "cpu"], lines);
        Assert.True(code == ExitCodes.Success, error);
        using var ranks = JsonDocument.Parse(output);
        return ReadScores(ranks.RootElement, "logit");
    }

    private async Task ImportAsync(string source, string name, params string[] options)
    {
        var (code, _, error) = await RerankerProgram.RunAsync(["import", source, "--out", folders[name], .. options]);
        Assert.True(code == ExitCodes.Success, error);
    }
}
