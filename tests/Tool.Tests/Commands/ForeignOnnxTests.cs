using System.Text.Json;
using Reranker.ClusterKit.Processes;
using Reranker.Inference.Models;
using Reranker.TestKit;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;

namespace Reranker.Tool.Tests.Commands;

/// <summary>ONNX files that somebody else made, from the command line to a server.</summary>
public sealed class ForeignOnnxTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public ForeignOnnxTests() => FamilyCheckpoints.WriteBert(_temp["checkpoint"], TinyCheckpoints.Shape(vocabulary: 270), seed: 1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_folder_is_imported_verified_and_chosen_by_file()
    {
        new OptimumFolder { File = "onnx/model.onnx", HasTokenTypes = true, WeightsFile = "model.onnx_data" }.Write(_temp["checkpoint"], _temp["tiny"]);
        var (code, output, _) = await RunAsync("import", _temp["tiny"], "--out", _temp["model"]);
        Assert.Equal(ExitCodes.Success, code);
        Assert.StartsWith("tiny fp32: ", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync("verify", "--model", _temp["model"]);
        Assert.Equal(ExitCodes.Success, code);
        Assert.Matches(@"^tiny fp32: 3 files whole, \d+ probes agree on CPU, tokenizer of 270 ids loads", output);

        new OptimumFolder { File = "onnx/model_quantized.onnx", HasTokenTypes = true, Precision = ModelPrecision.Int8 }.Write(_temp["checkpoint"], _temp["tiny"]);
        Assert.EndsWith("say which one with --file of 'reranker import', such as --file onnx/model.onnx\n", await FailAsync("import", _temp["tiny"], "--out", _temp["other"]), StringComparison.Ordinal);
        Assert.Equal(
            "reranker: --file names an ONNX file of a folder, and BAAI/bge-reranker-v2-m3 is fetched as a checkpoint\n",
            await FailAsync("import", "bge-reranker-v2-m3", "--out", _temp["other"], "--file", "model.onnx"));
    }

    [Theory]
    [InlineData("--precision", "int8")]
    [InlineData("--gate", "run")]
    [InlineData("--measured-forms")]
    public async Task An_option_of_checkpoints_is_not_ignored(params string[] option)
    {
        new OptimumFolder().Write(_temp["checkpoint"], _temp["tiny"]);
        Assert.Equal(
            $"reranker: {option[0]} is for checkpoints: an ONNX file is taken in the precision that it has, and nothing is there to compare it with\n",
            await FailAsync(["import", _temp["tiny"], "--out", _temp["model"], .. option]));
        Assert.False(Directory.Exists(_temp["model"]));
    }

    [Fact]
    public async Task A_server_takes_the_folder_itself_and_imports_it_once()
    {
        new OptimumFolder { Labels = 2, HasTokenTypes = true }.Write(_temp["checkpoint"], _temp["tiny"]);
        var (code, output, error) = await RunAsync("verify", "--model", _temp["tiny"]);
        Assert.True(code == ExitCodes.Success, error);
        Assert.Contains("probes agree on CPU", output, StringComparison.Ordinal);
        Assert.Contains("holds an ONNX file, which is imported as it is", error, StringComparison.Ordinal);

        var (server, url) = await RerankerProgram.ServeAsync(["--model", _temp["tiny"]], new Dictionary<string, string> { ["XDG_CACHE_HOME"] = _temp["cache"] });
        await using var _ = server;
        using var http = new HttpClient();
        using var reply = await http.PostAsync(new Uri(url, "/rerank"), new StringContent("""{"query":"a","texts":["b","c d"]}"""), Cancelled);
        Assert.Equal(2, JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Cancelled)).RootElement.GetArrayLength());
        Assert.DoesNotContain("imported", server.Error, StringComparison.Ordinal);
    }

    private static async Task<string> FailAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(ExitCodes.Failure, await ToolCommandLine.RunAsync(arguments, output, error));
        return error.ToString();
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
        => RerankerProgram.RunAsync("reranker.dll", arguments, $"XDG_CACHE_HOME={_temp["cache"]}");
}
