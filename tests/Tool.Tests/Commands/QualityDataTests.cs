using System.Text.Json;
using Reranker.TestKit;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;

namespace Reranker.Tool.Tests.Commands;

/// <summary>What the commands of quality say of data of which they do not run all.</summary>
public sealed class QualityDataTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public QualityDataTests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        File.WriteAllLines(_temp["data.jsonl"], Enumerable.Range(0, 2).Select(i => JsonSerializer.Serialize(new
        {
            set = "s",
            query = "ab",
            documents = new[] { "c", string.Concat(Enumerable.Repeat("de ", 200)) },
            relevant = i,
        })));
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task How_many_of_a_files_pairs_are_run_is_said()
    {
        Assert.Contains("data.jsonl: 3 of its 4 pairs are run, evenly spaced", await RunAsync("quantize", _temp["checkpoint"], "--out", _temp["model"], "--calibration", _temp["data.jsonl"], "--calibration-pairs", "3"), StringComparison.Ordinal);
        Assert.Contains("data.jsonl: all of its 4 pairs are run", await RunAsync("compare", _temp["checkpoint"], _temp["checkpoint"], "--pairs", _temp["data.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_many_documents_were_cut_is_said()
    {
        await RunAsync("import", _temp["checkpoint"], "--out", _temp["model"], "--precision", "fp32");

        string[] arguments = ["quality", "--model", _temp["model"], "--engine", "cpu", "--data", _temp["data.jsonl"]];
        Assert.Contains("checkpoint fp32: 2 of 4 documents were cut", await RunAsync(arguments), StringComparison.Ordinal);
        Assert.DoesNotContain("were cut", await RunAsync([.. arguments, "--max-chunks", "99"]), StringComparison.Ordinal);
        Assert.Contains("checkpoint: 2 of 4 documents were cut", await RunAsync("verify", "--model", _temp["model"], "--engine", "cpu", "--eval", _temp["data.jsonl"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_is_of_the_checkpoint_and_the_calibration_that_the_model_was_made_from()
    {
        TinyCheckpoints.Write(_temp["other"], TinyCheckpoints.Shape(), seed: 2);
        await RunAsync("quantize", _temp["checkpoint"], "--out", _temp["model"], "--method", "max", "--calibration", _temp["data.jsonl"], "--calibration-pairs", "3");

        string[] search = ["--bisect", "--data", _temp["data.jsonl"], "--max-ndcg-loss", "90%"];
        string[] calibrated = [.. search, "--calibration", _temp["data.jsonl"]];
        Assert.Contains("checkpoint was calibrated on 3 pairs of data.jsonl, and the search calibrates on 4", await RunAsync(["compare", _temp["checkpoint"], _temp["model"], .. calibrated]), StringComparison.Ordinal);
        Assert.DoesNotContain("was calibrated on", await RunAsync(["compare", _temp["checkpoint"], _temp["model"], .. calibrated, "--calibration-pairs", "3"]), StringComparison.Ordinal);
        Assert.Contains("was calibrated on data.jsonl (", await FailAsync(["compare", _temp["checkpoint"], _temp["model"], .. search]), StringComparison.Ordinal);
        Assert.Contains("is not the checkpoint that checkpoint was made from: model.safetensors", await FailAsync(["compare", _temp["other"], _temp["model"], .. calibrated]), StringComparison.Ordinal);
    }

    private static async Task<string> FailAsync(string[] arguments)
    {
        using var error = new StringWriter();
        Assert.Equal(ExitCodes.Failure, await ToolCommandLine.RunAsync(arguments, TextWriter.Null, error));
        return error.ToString();
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var error = new StringWriter();
        var code = await ToolCommandLine.RunAsync(arguments, TextWriter.Null, error);
        Assert.True(code == ExitCodes.Success, error.ToString());
        return error.ToString();
    }
}
