using Reranker.TestKit;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker import</c> and <c>verify</c> as processes: what one lets in, the other and <c>serve</c> take.</summary>
public sealed class ImportTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public ImportTests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        Write("checkpoint", new SentencePieceModel());
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_tokenizer_that_serve_would_refuse_is_refused_by_the_import()
    {
        Write("checkpoint", new SentencePieceModel { ByteFallback = true });

        var (code, _, error) = await ImportAsync();

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("sentencepiece.bpe.model", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_temp["model"]));
    }

    [Fact]
    public async Task Verify_loads_the_tokenizer()
    {
        var (code, _, error) = await ImportAsync();
        Assert.True(code == ExitCodes.Success, error);
        var manifest = Path.Combine(_temp["model"], "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"vocabulary\": 60", "\"vocabulary\": 32", StringComparison.Ordinal));

        var (verified, output, told) = await RerankerProgram.RunAsync(["verify", "--model", _temp["model"]]);

        Assert.True(verified == ExitCodes.Failure, output);
        Assert.Contains(": ", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_and_identities_are_printed_whole()
    {
        var folder = Path.Combine(_temp.Path, new string('x', 120));
        var (code, output, error) = await RerankerProgram.RunAsync(["import", _temp["checkpoint"], "--out", folder]);

        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains($"in {folder}", output.Split('\n'));
    }

    [Fact]
    public async Task Of_several_precisions_in_a_folder_one_can_be_named()
    {
        var (code, output, error) = await RerankerProgram.RunAsync(
            ["import", _temp["checkpoint"], "--out", _temp["model"], "--precision", "FP8,fp32", "--gate", "skip"]);
        Assert.True(code == ExitCodes.Success, error);
        Assert.Matches("(?m)^fp32: identity [0-9a-f]{64}$", output);
        Assert.Matches("(?m)^fp8: identity [0-9a-f]{64}$", output);

        // The FP8 one passed no gate, so it is not chosen, and a CPU runs it where it is asked to.
        var (chosen, text, told) = await RerankerProgram.RunAsync(["verify", "--model", _temp["model"]]);
        Assert.True(chosen == ExitCodes.Success, told);
        Assert.Contains(" fp32: ", text, StringComparison.Ordinal);
        var (named, other, why) = await RerankerProgram.RunAsync(["verify", "--model", _temp["model"], "--precision", "fp8", "--engine", "cpu"]);
        Assert.True(named == ExitCodes.Success, why);
        Assert.Contains(" fp8: ", other, StringComparison.Ordinal);
        var (missing, _, refusal) = await RerankerProgram.RunAsync(["verify", "--model", _temp["model"], "--precision", "fp16"]);
        Assert.Equal(ExitCodes.Failure, missing);
        Assert.Contains("holds fp32, fp8 and not fp16", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Golden_pairs_of_another_model_are_refused()
    {
        await ImportAsync();
        File.WriteAllText(_temp["goldens.json"], """{"pairs": [{"ids": [0, 7, 2, 2, 9999, 2], "logit": 0}]}""");

        var (code, _, error) = await RerankerProgram.RunAsync(["verify", "--model", _temp["model"], "--goldens", _temp["goldens.json"]]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("goldens.json: pair 0", error, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> ImportAsync()
        => RerankerProgram.RunAsync(["import", _temp["checkpoint"], "--out", _temp["model"]]);

    private void Write(string checkpoint, SentencePieceModel model)
        => File.WriteAllBytes(Path.Combine(_temp[checkpoint], "sentencepiece.bpe.model"), model.ToBytes());
}
