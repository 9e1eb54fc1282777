using System.Text;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Synthesis;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.HuggingFace;

public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ModelShape _shape = TinyCheckpoints.Shape();

    public CheckpointTests() => TinyCheckpoints.Write(_temp["checkpoint"], _shape, seed: 1);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Missing_unexpected_and_misshapen_tensors_are_told_in_one_error()
    {
        var tensors = TensorNames.Expected(_shape).ToList();
        tensors.RemoveAll(t => t.Name == "classifier.dense.bias");
        tensors[0] = (tensors[0].Name, [7, 7]);
        tensors.Add(("roberta.encoder.layer.2.output.dense.bias", [12]));
        WriteWeights(tensors);

        var message = Assert.Throws<CheckpointException>(Open).Message;

        Assert.Contains("missing 'classifier.dense.bias'", message, StringComparison.Ordinal);
        Assert.Contains("'roberta.embeddings.word_embeddings.weight' has shape [7, 7] instead of [60, 12]", message, StringComparison.Ordinal);
        Assert.Contains("unexpected 'roberta.encoder.layer.2.output.dense.bias'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Buffers_and_the_pooler_of_older_exports_are_no_error()
    {
        WriteWeights([
            .. TensorNames.Expected(_shape),
            ("roberta.embeddings.position_ids", [1, 34]),
            ("roberta.pooler.dense.weight", [12, 12]),
        ]);

        using var checkpoint = Open();

        Assert.Equal(_shape, checkpoint.Shape);
    }

    [Fact]
    public void Weights_of_integers_are_refused_by_name()
    {
        Patch("\"classifier.dense.bias\":{\"dtype\":\"F16\"", "\"classifier.dense.bias\":{\"dtype\":\"I16\"");

        Assert.Contains("'classifier.dense.bias' has type I16", Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentencepiece.bpe.model")]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public void A_missing_file_is_named(string file)
    {
        File.Delete(Path.Combine(_temp["checkpoint"], file));

        Assert.Contains(file, Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_with_more_ids_than_embedding_rows_is_refused()
    {
        var tokenizer = Path.Combine(_temp["checkpoint"], "sentencepiece.bpe.model");
        File.Delete(tokenizer);
        SyntheticVocabulary.Write(tokenizer, _shape.Vocabulary - 1, 1);

        Assert.Contains("ids up to 60; the embedding table has 60 rows", Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_sentencepiece_model_is_refused()
    {
        File.WriteAllText(Path.Combine(_temp["checkpoint"], "sentencepiece.bpe.model"), "version https://git-lfs.github.com/spec/v1");

        Assert.Contains("sentencepiece.bpe.model", Assert.Throws<CheckpointException>(Open).File, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_may_not_reach_outside_its_folder()
    {
        File.Delete(Path.Combine(_temp["checkpoint"], "model.safetensors"));
        File.WriteAllText(
            Path.Combine(_temp["checkpoint"], "model.safetensors.index.json"), """{"weight_map":{"a":"../other.safetensors"}}""");

        Assert.Contains("no plain file name", Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_missing_is_named()
    {
        TinyCheckpoints.Write(_temp["sharded"], _shape, seed: 1, shards: 3);
        File.Delete(Path.Combine(_temp["sharded"], "model-00002-of-00003.safetensors"));

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["sharded"]));

        Assert.EndsWith("model-00002-of-00003.safetensors", error.File, StringComparison.Ordinal);
    }

    private Checkpoint Open() => Checkpoint.Open(_temp["checkpoint"]);

    private void WriteWeights(IReadOnlyList<(string, long[])> tensors)
    {
        var path = Path.Combine(_temp["checkpoint"], "model.safetensors");
        File.Delete(path);
        SyntheticTensors.Write(path, tensors, 1, StoredType.F16, CancellationToken.None);
    }

    private void Patch(string from, string to)
    {
        var path = Path.Combine(_temp["checkpoint"], "model.safetensors");
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        Encoding.UTF8.GetBytes(to).CopyTo(bytes.AsSpan(at));
        File.WriteAllBytes(path, bytes);
    }
}
