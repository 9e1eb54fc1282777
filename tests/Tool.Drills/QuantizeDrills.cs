using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.Onnx.Quantization.Choice;
using Reranker.Onnx.Verification;
using Reranker.Onnx.Verification.Ranking;
using Reranker.TestKit;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary><c>reranker quantize</c>, <c>quality</c>, <c>compare</c> and <c>verify --source</c> as processes, on a tiny model.</summary>
public sealed class QuantizeDrills : IDisposable
{
    // Four queries of five documents, in two sets, as xz writes them.
    private const string Compressed =
        "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4ALRAI5dAD2IimaUY31ydsCsPqL3ckta9Uw8lXwNmYlSEFAPlIAY0OM7r+5+DwhqYiZR5Q6adICeWqcZM40y4Wlg"
        + "VStF833UPj/8Bmq/Tqf7AKADkLHEe5031GCJHdv3eda0vBq6gYYpFQE63BOV7e+OqxSjxUqcjgLd3R5a365yMHwqK+bKk3BzV/iZkiq+AxEoOlAAAAC4SFx/"
        + "VNHF/QABqgHSBQAAHHwkzLHEZ/sCAAAAAARZWg==";

    private readonly TempFolder _temp = new();

    public QuantizeDrills()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(layers: 2, heads: 4, headSize: 16, feedForward: 128, vocabulary: 500, positions: 66), seed: 4);
        File.WriteAllLines(_temp["data.jsonl"], Enumerable.Range(0, 8).Select(i => JsonSerializer.Serialize(new
        {
            set = i % 2 == 0 ? "even" : "odd",
            lang = "en",
            query = $"query {(char)('a' + i)}",
            documents = Enumerable.Range(0, 5).Select(k => $"{(char)('k' + k)} {(char)('a' + (i * k % 26))} words of a text"),
            relevant = i % 5,
        })));
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_model_is_quantized_by_a_persons_choice_and_says_so()
    {
        var (code, output, error) = await RunAsync(
            "quantize", _temp["checkpoint"], "--out", _temp["model"], "--calibration", _temp["data.jsonl"], "--calibration-pairs", "10", "--method", "mse",
            "--smooth", "0.5", "--keep", "*/gelu");

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("checkpoint int8-qdq: mse, smoothing 0.5, 1 values kept, on 10 pairs (data.jsonl, ", output, StringComparison.Ordinal);
        var manifest = ModelFolder.Open(_temp["model"]).Manifest;
        Assert.Equal(("mse", 10, 0.5f), (manifest.Calibration, manifest.Quantization!.Pairs, manifest.Quantization.Smoothing));
        Assert.Equal(["layer.0/feed_forward/gelu"], manifest.Quantization.Kept);

        // It serves, and the program that serves says how it was calibrated.
        var (process, url) = await RerankerProgram.ServeAsync("--model", _temp["model"], "--engine", "cpu");
        await using (process)
        {
            using var http = new HttpClient { BaseAddress = url };
            using var info = JsonDocument.Parse(await http.GetStringAsync("/info", TestContext.Current.CancellationToken));
            Assert.StartsWith("mse, smoothing 0.5, 1 values kept, on 10 pairs (data.jsonl, ", info.RootElement.GetProperty("calibration").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_program_chooses_and_writes_down_all_that_it_tried()
    {
        var (code, output, error) = await RunAsync(
            "quantize", _temp["checkpoint"], "--out", _temp["model"], "--auto", "--format", "int8-qdq", "--data", _temp["data.jsonl"], "--max-ndcg-loss", "30%");

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("<- chosen", output, StringComparison.Ordinal);
        var choice = ModelFolder.Open(_temp["model"]).Manifest.Quantization!.Choice!;
        Assert.Equal(("data.jsonl", 4, 4, 0.3), (choice.Data, choice.Queries, choice.HeldOutQueries, choice.MaxLoss));
        Assert.True(choice.Trials.Count >= 8);
        Assert.Single(choice.Trials, t => t.IsChosen);
    }

    [Fact]
    public async Task A_program_that_finds_no_way_shows_what_it_tried()
    {
        // The four that FP32 ranks first are the relevant ones, so that whatever is ranked otherwise is a loss.
        await RunAsync("import", _temp["checkpoint"], "--out", _temp["wide"], "--precision", "fp32");
        await LabelAsRankedAsync(_temp["wide"], _temp["ranked.jsonl"]);

        var (code, output, error) = await RunAsync(
            "quantize", _temp["checkpoint"], "--out", _temp["model"], "--auto", "--format", "fp8", "--data", _temp["ranked.jsonl"], "--max-ndcg-loss", "0");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("nothing that was tried loses less than 0.00 % of nDCG@10", error, StringComparison.Ordinal);
        Assert.StartsWith("FP32: nDCG@10 1.0000 on the 15 queries that choose, 1.0000 on the 15 others", output, StringComparison.Ordinal);
        Assert.Equal(4, output.Split('\n').Count(l => l.StartsWith("fp8 ", StringComparison.Ordinal)));
        Assert.DoesNotContain("<- chosen", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temp["model"]));
    }

    [Fact]
    public async Task A_pipeline_can_gate_on_quality()
    {
        await RunAsync("import", _temp["checkpoint"], "--out", _temp["wide"], "--precision", "fp32");
        await RunAsync("import", _temp["checkpoint"], "--out", _temp["model"], "--precision", "int8-qdq");
        File.WriteAllBytes(_temp["data.jsonl.xz"], Convert.FromBase64String(Compressed));

        var (code, output, error) = await RunAsync(
            "quality", "--model", _temp["model"], "--reference", _temp["wide"], "--engine", "cpu", "--data", _temp["data.jsonl.xz"], "--json", "--min-overlap", "0.1");
        Assert.True(code == ExitCodes.Success, error);
        using var report = JsonDocument.Parse(output);
        Assert.Equal(["even", "odd"], report.RootElement.GetProperty("sets").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
        Assert.InRange(report.RootElement.GetProperty("all").GetProperty("against").GetProperty("meanDifference").GetDouble(), 1e-7, 1);
        Assert.Contains("checkpoint int8-qdq against checkpoint fp32", error, StringComparison.Ordinal);

        var (failed, table, told) = await RunAsync("quality", "--model", _temp["model"], "--engine", "cpu", "--data", _temp["data.jsonl.xz"], "--min-ndcg", "0.999");
        Assert.Equal(ExitCodes.Failure, failed);
        Assert.Contains("all                    4  0.", table, StringComparison.Ordinal);
        Assert.Contains("at least 0.9990 is asked for", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversion_of_another_checkpoint_is_caught_and_located()
    {
        await RunAsync("import", _temp["checkpoint"], "--out", _temp["model"], "--precision", "fp16");
        var (whole, said, _) = await RunAsync("verify", "--model", _temp["model"], "--engine", "cpu", "--source", _temp["checkpoint"]);
        Assert.True(whole == ExitCodes.Success, said);
        Assert.Contains("8 pairs through the checkpoint's own forward pass: logits differ by 0.0", said, StringComparison.Ordinal);

        CheckpointEdit.Rewrite(
            Path.Combine(_temp["checkpoint"], "model.safetensors"), tensors => Array.Clear(tensors["roberta.encoder.layer.1.intermediate.dense.bias"]));
        var (code, output, _) = await RunAsync("verify", "--model", _temp["model"], "--engine", "cpu", "--source", _temp["checkpoint"]);
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("the first that is beyond 40 dB is layer.1/feed_forward/input", output, StringComparison.Ordinal);

        var (compared, table, _) = await RunAsync("compare", _temp["checkpoint"], _temp["model"], "--pairs", "4", "--html", _temp["page.html"]);
        Assert.Equal(ExitCodes.Failure, compared);
        Assert.Contains("first beyond 40 dB: layer.1/feed_forward/input", table, StringComparison.Ordinal);
        Assert.Contains("<svg", File.ReadAllText(_temp["page.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_to_keep_is_printed_as_options()
    {
        await RunAsync("quantize", _temp["checkpoint"], "--out", _temp["model"], "--method", "max");

        var (code, output, error) = await RunAsync(
            "compare", _temp["checkpoint"], _temp["model"], "--bisect", "--data", _temp["data.jsonl"], "--max-ndcg-loss", "90%");

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("loss of nDCG@10 with nothing kept: ", output, StringComparison.Ordinal);
        Assert.Contains("nothing has to be kept", output, StringComparison.Ordinal);
    }

    // Also before anything is waited for: what computes at once is heard too.
    [Fact]
    public async Task A_choice_that_is_broken_off_leaves_nothing()
    {
        Directory.CreateDirectory(_temp["scratch"]);
        await using var process = RerankerProgram.Start(
            new Dictionary<string, string> { ["TMPDIR"] = _temp["scratch"] },
            "quantize", _temp["checkpoint"], "--out", _temp["model"], "--auto", "--data", _temp["data.jsonl"]);
        await Until.TrueAsync(() => Directory.EnumerateFiles(_temp["scratch"], "*.onnx", SearchOption.AllDirectories).Any());

        await process.SignalAsync("TERM");

        Assert.Equal(ExitCodes.Interrupted, await process.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.False(Directory.Exists(_temp["model"]));
        Assert.Empty(Directory.EnumerateDirectories(_temp["scratch"], "reranker-*"));
    }

    [Fact]
    public async Task A_place_that_is_taken_is_refused_before_the_work()
    {
        Directory.CreateDirectory(_temp["model/mine"]);

        var (code, output, error) = await RunAsync("quantize", _temp["checkpoint"], "--out", _temp["model"], "--auto", "--data", _temp["data.jsonl"]);

        Assert.Equal((ExitCodes.Failure, ""), (code, output));
        Assert.Contains("exists and is no model folder", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is an imported model", "quantize", "model", "--out", "never")]
    [InlineData("--method is what --auto chooses", "quantize", "checkpoint", "--out", "never", "--auto", "--method", "max")]
    [InlineData("name them with --data", "quantize", "checkpoint", "--out", "never", "--auto")]
    [InlineData("'layer.7/*' names no value", "quantize", "checkpoint", "--out", "never", "--keep", "layer.7/*")]
    [InlineData("data.jsonl: has no pairs", "quantize", "checkpoint", "--out", "never", "--calibration", "empty/data.jsonl")]
    [InlineData("needs --reference", "quality", "--model", "model", "--data", "data.jsonl", "--min-tau", "0.9")]
    [InlineData("cannot be decompressed", "quality", "--model", "model", "--data", "broken.xz")]
    [InlineData("is no checkpoint", "compare", "model", "model", "--bisect")]
    [InlineData("compare takes two folders", "compare", "model")]
    [InlineData("CUDA", "compare", "model", "model", "--providers", "cpu,cuda")]
    [InlineData("no static scales", "compare", "checkpoint", "model", "--bisect", "--data", "data.jsonl")]
    public async Task What_cannot_be_done_is_told_in_a_sentence(string sentence, params string[] arguments)
    {
        await RunAsync("import", _temp["checkpoint"], "--out", _temp["model"], "--precision", "fp32");
        Directory.CreateDirectory(_temp["empty"]);
        File.WriteAllText(Path.Combine(_temp["empty"], "data.jsonl"), "\n");
        File.WriteAllText(_temp["broken.xz"], "this is no archive at all");

        var (code, _, error) = await RunAsync([.. arguments.Select(a => File.Exists(_temp[a]) || Directory.Exists(_temp[a]) || a == "never" ? _temp[a] : a)]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temp["never"]));
    }

    private static async Task LabelAsRankedAsync(string model, string path)
    {
        using var runner = GraphRunner.Load(ModelFolder.Open(model).FindGraphPath("padded")!, frugal: true);
        var tokenizer = XlmRobertaTokenizer.Load(Path.Combine(model, "sentencepiece.bpe.model"));
        var queries = Enumerable.Range(0, 30).Select(i => new RankingQuery
        {
            Set = "ranked",
            Query = $"query {(char)('a' + (i % 26))} {i}",
            Documents = [.. Enumerable.Range(0, 8).Select(k => $"{(char)('a' + ((i * 5 + k * 3) % 26))} {i * k} words of a text")],
            Relevant = [0],
        }).ToList();
        var encoded = await ChoiceQueries.EncodeAsync(queries, tokenizer, ModelFolder.ReadManifest(model).Shape, TestContext.Current.CancellationToken);
        var ranked = encoded.Rank(encoded.All, runner.ScorePairs(encoded.ListPairs(encoded.All)));
        File.WriteAllLines(path, queries.Zip(ranked, (q, r) => JsonSerializer.Serialize(new
        {
            set = q.Set,
            query = q.Query,
            documents = q.Documents,
            relevant = Enumerable.Range(0, q.Documents.Count).OrderByDescending(d => r.Logits[d]).Take(4),
        })));
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RerankerProgram.RunAsync(arguments);
}
