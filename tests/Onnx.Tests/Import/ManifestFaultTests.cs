using System.Text.Json.Nodes;
using CsCheck;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Import;

/// <summary>A manifest is input: whatever it holds, opening the folder gives a model or one error that names the file.</summary>
public sealed class ManifestFaultTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly JsonObject _manifest;

    public ManifestFaultTests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions(), null, CancellationToken.None);
        _manifest = JsonNode.Parse(File.ReadAllText(ManifestPath))!.AsObject();
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "name", "\"\"", "name" },
        { "name", "\"*\"", "name" },
        { "quantization", """{"text": "a", "textSha256": "zz", "pairs": 1, "method": "max", "kept": []}""", "textSha256" },
        { "quantization", """{"text": "a", "textSha256": "eae80fa653971aecb6102eea92c5df1b59491e8a70453ae6fe9e1c54d6d7db30", "pairs": -1, "method": "max", "kept": []}""", "-1 pairs" },
        { "quantization", """{"text": "a", "textSha256": "eae80fa653971aecb6102eea92c5df1b59491e8a70453ae6fe9e1c54d6d7db30", "pairs": 1, "method": "max\nred", "kept": []}""", "method" },
        { "name", "\"17\"", "name" },
        { "maxPairTokens", "5", "maxPairTokens" },
        { "maxPairTokens", "-1", "maxPairTokens" },
        { "maxPairTokens", "33", "maxPairTokens" },
        { "precision", "\"fp4\"", "precision" },
        { "format", "2", "two different precisions" },
        { "format", "3", "format 3" },
        { "precisions", "[]", "list of precisions" },
        { "files", "[null]", "files" },
        { "files", "null", "valid manifest" },
        { "graphs", """{"padded": null}""", "graphs" },
        { "graphs", """{"padded": "../padded.onnx"}""", "padded.onnx" },
        { "graphs", "{}", "graphs" },
        { "source", "[null]", "source" },
        { "probes", "[null]", "probe" },
        { "probes", """[{"ids": null, "logit": 0}]""", "valid manifest" },
        { "probes", """[{"ids": [], "logit": 0}]""", "probe" },
        { "probes", """[{"ids": [0, 60, 2], "logit": 0}]""", "probe" },
        { "probes", """[{"ids": [0, -1, 2], "logit": 0}]""", "probe" },
        { "probes", """[{"ids": [0, 5, 2], "logit": 1e999}]""", "manifest" },
        { "shape.layers", "2000000000", "layers" },
        { "shape.hidden", "0", "hidden" },
        { "shape.heads", "5", "heads" },
        { "shape.vocabulary", "2147483647", "vocabulary" },
        { "shape.vocabulary", "20", "" },
        { "shape.layerNormEpsilon", "-1", "layerNormEpsilon" },
    };

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("weights")]
    public async Task A_pipe_in_the_place_of_a_file_is_refused_and_waited_for_by_nobody(string kind)
    {
        var path = kind == "weights" ? Path.Combine(_temp["model"], _manifest["weights"]!.GetValue<string>()) : ManifestPath;
        File.Delete(path);
        await Pipes.CreatePipeAsync(path);

        var fault = Assert.Throws<ModelFolderException>(() => ModelFolder.Open(_temp["model"]));

        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_value_that_no_import_writes_is_refused_by_name(string name, string value, string reason)
    {
        var parent = name.StartsWith("shape.", StringComparison.Ordinal) ? _manifest["shape"]!.AsObject() : _manifest;
        parent[name.Split('.')[^1]] = JsonNode.Parse(value);
        Write(_manifest.ToJsonString());

        var error = Assert.Throws<ModelFolderException>(() => TextTokenizers.Load(ModelFolder.Open(_temp["model"])));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_without_one_of_its_parts_is_refused()
    {
        // A part that may be missing would be null behind the source generator's reader, whatever its initializer says.
        string[] mayBeMissing = ["onePairPerRun", "calibration"];
        Assert.All(_manifest.Select(part => part.Key).Except(mayBeMissing), part =>
        {
            var without = _manifest.DeepClone().AsObject();
            without.Remove(part);
            Write(without.ToJsonString());
            Assert.Contains(part, Assert.Throws<ModelFolderException>(() => ModelFolder.Open(_temp["model"])).Reason, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_file_that_is_listed_twice_is_refused()
    {
        var files = _manifest["files"]!.AsArray();
        files.Add(files[0]!.DeepClone());
        Write(_manifest.ToJsonString());

        Assert.Contains("twice", Assert.Throws<ModelFolderException>(() => ModelFolder.Open(_temp["model"])).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModelManifest.FileName)]
    [InlineData("weights.bin")]
    [InlineData("sentencepiece.bpe.model")]
    public void A_git_lfs_pointer_is_called_one(string file)
    {
        File.WriteAllText(Path.Combine(_temp["model"], file), "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 5069051\n");

        var error = Assert.Throws<ModelFolderException>(() => ModelFolder.Open(_temp["model"]));

        Assert.EndsWith(file, error.File, StringComparison.Ordinal);
        Assert.Contains("Git LFS", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_manifest_opens_or_is_refused_with_one_error()
    {
        var whole = File.ReadAllBytes(ManifestPath);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 40], Gen.Byte.Array[0, 6]).Sample(
            (at, cut, put) =>
            {
                byte[] damaged = [.. whole[..at], .. put, .. whole[Math.Min(whole.Length, at + cut)..]];
                File.WriteAllBytes(ManifestPath, damaged);
                try
                {
                    ModelFolder.Open(_temp["model"]);
                }
                catch (ModelFolderException)
                {
                }
            },
            iter: 2000, seed: "0000000000B1", threads: 1);
    }

    private string ManifestPath => Path.Combine(_temp["model"], ModelManifest.FileName);

    private void Write(string manifest) => File.WriteAllText(ManifestPath, manifest);
}
