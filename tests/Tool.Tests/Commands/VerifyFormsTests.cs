using System.Security.Cryptography;
using System.Text.Json;
using Reranker.ClusterKit.Processes;
using Reranker.Inference.Models;
using Reranker.TestKit;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;

namespace Reranker.Tool.Tests.Commands;

/// <summary>The two forms of an INT8 model that processors run: <c>reranker verify</c> holds both to the probes, and <c>compare</c> says which it compares.</summary>
public sealed class VerifyFormsTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("padded.onnx")]
    [InlineData("fused.onnx")]
    public async Task A_form_that_gives_other_logits_is_found_whichever_this_processor_runs(string graph)
    {
        await ImportAsync("checkpoint", seed: 1, "model");
        await ImportAsync("other", seed: 2, "foreign");
        Assert.Equal(ExitCodes.Success, await VerifyAsync(TextWriter.Null));

        // The graph reads another model's weights, which are of the same names and shapes, and the manifest fits.
        File.Copy(_temp["foreign/weights.bin"], _temp["model/foreign.bin"]);
        var content = File.ReadAllBytes(_temp[$"model/{graph}"]);
        for (var at = content.AsSpan().IndexOf("weights.bin"u8); at >= 0; at = content.AsSpan().IndexOf("weights.bin"u8))
        {
            "foreign.bin"u8.CopyTo(content.AsSpan(at));
        }

        File.WriteAllBytes(_temp[$"model/{graph}"], content);
        Reseal(graph, content);

        using var error = new StringWriter();
        Assert.Equal(ExitCodes.Failure, await VerifyAsync(error));
        Assert.Contains($"{graph}: gives logit", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Which_form_is_compared_is_said()
    {
        await ImportAsync("checkpoint", seed: 1, "model");

        var (code, output, error) = await RerankerProgram.RunAsync(["compare", _temp["checkpoint"], _temp["model"], "--pairs", "2"]);

        Assert.True(code == ExitCodes.Success, error + output);
        Assert.Contains("compared: the checkpoint's own pass of A with the padded graph of B; the fused graph, which most CPUs run, is not compared by its layers", output, StringComparison.Ordinal);
    }

    private async Task ImportAsync(string checkpoint, int seed, string model)
    {
        TinyCheckpoints.Write(_temp[checkpoint], TinyCheckpoints.Shape(), seed);
        Assert.Equal(ExitCodes.Success, await ToolCommandLine.RunAsync(["import", _temp[checkpoint], "--out", _temp[model], "--precision", "int8"], TextWriter.Null, TextWriter.Null));
    }

    private Task<int> VerifyAsync(TextWriter error)
        => ToolCommandLine.RunAsync(["verify", "--model", _temp["model"], "--engine", "cpu"], TextWriter.Null, error);

    private void Reseal(string graph, byte[] content)
    {
        var manifest = ModelFolder.ReadManifest(_temp["model"]);
        manifest = manifest with
        {
            Files = [.. manifest.Files.Select(f => f.Name == graph ? f with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)) } : f)],
        };
        manifest = manifest with { Identity = ModelIdentity.ComputeIdentity(manifest)! };
        File.WriteAllText(_temp["model/manifest.json"], JsonSerializer.Serialize(manifest, ModelManifestJson.Default.ModelManifest));
    }
}
