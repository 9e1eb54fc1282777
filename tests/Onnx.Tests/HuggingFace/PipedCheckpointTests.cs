using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.HuggingFace;

/// <summary>A pipe in the place of any file of a checkpoint is refused by its name, and waited for by nobody.</summary>
public sealed class PipedCheckpointTests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 1, heads: 2, headSize: 8, feedForward: 16, vocabulary: 270, positions: 40);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("bert", "config.json")]
    [InlineData("bert", "model.safetensors")]
    [InlineData("bert", "tokenizer.json")]
    [InlineData("older bert", "vocab.txt")]
    [InlineData("older bert", "tokenizer_config.json")]
    [InlineData("older roberta", "vocab.json")]
    [InlineData("older roberta", "merges.txt")]
    [InlineData("xlm-roberta", "sentencepiece.bpe.model")]
    [InlineData("xlm-roberta", "special_tokens_map.json")]
    [InlineData("xlm-roberta", "tokenizer.json")]
    [InlineData("xlm-roberta", "model.safetensors.index.json")]
    [InlineData("xlm-roberta", "model-00002-of-00002.safetensors")]
    [InlineData("optimum", "config.json")]
    [InlineData("optimum", "model.onnx")]
    [InlineData("optimum", "model.onnx_data")]
    [InlineData("optimum", "tokenizer.json")]
    public async Task A_pipe_is_refused_by_name(string kind, string file)
    {
        Write(kind);
        var path = Path.Combine(_temp["checkpoint"], file);
        File.Delete(path);
        await Pipes.CreatePipeAsync(path);

        var (options, token) = (new ImportOptions { Name = "tiny" }, TestContext.Current.CancellationToken);
        var error = Assert.Throws<CheckpointException>(() => kind == "optimum"
            ? OnnxImporter.Import(_temp["checkpoint"], null, _temp["model"], options, null, token)
            : CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], options, null, token));

        Assert.Equal($"{path}: is empty, or no regular file", error.Message);
        Assert.False(Directory.Exists(_temp["model"]));
    }

    private void Write(string kind)
    {
        switch (kind)
        {
            case "bert" or "older bert":
                FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1, older: kind != "bert");
                break;
            case "older roberta":
                FamilyCheckpoints.WriteRoberta(_temp["checkpoint"], Shape, seed: 1, older: true);
                break;
            case "xlm-roberta":
                TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1, shards: 2);
                break;
            default:
                FamilyCheckpoints.WriteBert(_temp["source"], Shape, seed: 1);
                new OptimumFolder { WeightsFile = "model.onnx_data" }.Write(_temp["source"], _temp["checkpoint"]);
                break;
        }
    }
}
