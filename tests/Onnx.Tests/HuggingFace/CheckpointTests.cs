using System.Text;
using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.Families.XlmRoberta;
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
        var tensors = XlmRobertaTensors.ListAll(_shape).ToList();
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
            .. XlmRobertaTensors.ListAll(_shape),
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
    public void A_shape_that_no_machine_holds_is_refused_before_memory_is_taken()
    {
        var config = Path.Combine(_temp["checkpoint"], "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 100000", StringComparison.Ordinal));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CheckpointException>(Open);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"pytorch_model.bin"}}""", "pytorch_model.bin")]
    [InlineData("""{"weight_map":{"a":".."}}""", "'..'")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "no plain file name")]
    [InlineData("""{"weight_map":{"a":7}}""", "no valid")]
    [InlineData("""{"weight_map":{}}""", "no shard")]
    [InlineData("""{"weight_map":["a"]}""", "no valid")]
    [InlineData("""{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}""", "no valid")]
    [InlineData("""[]""", "no valid")]
    public void An_index_that_names_no_shards_is_refused(string index, string reason)
    {
        File.Delete(Path.Combine(_temp["checkpoint"], "model.safetensors"));
        File.WriteAllText(Path.Combine(_temp["checkpoint"], "model.safetensors.index.json"), index);

        var error = Assert.Throws<CheckpointException>(Open);

        Assert.EndsWith("model.safetensors.index.json", error.File, StringComparison.Ordinal);
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_is_not_in_the_shard_of_the_index_is_named()
    {
        TinyCheckpoints.Write(_temp["sharded"], _shape, seed: 1, shards: 2);
        var index = Path.Combine(_temp["sharded"], "model.safetensors.index.json");
        var places = JsonNode.Parse(File.ReadAllText(index))!;
        var place = places["weight_map"]!["classifier.dense.bias"]!.GetValue<string>();
        places["weight_map"]!["classifier.dense.bias"] = place.Contains("00001", StringComparison.Ordinal)
            ? "model-00002-of-00002.safetensors" : "model-00001-of-00002.safetensors";
        File.WriteAllText(index, places.ToJsonString());

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["sharded"], ModelFamilies.All));

        Assert.Contains("'classifier.dense.bias'", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_in_two_shards_is_named()
    {
        TinyCheckpoints.Write(_temp["sharded"], _shape, seed: 1, shards: 2);
        File.Copy(Path.Combine(_temp["sharded"], "model-00001-of-00002.safetensors"), Path.Combine(_temp["sharded"], "model-00002-of-00002.safetensors"), overwrite: true);

        Assert.Contains("is also in", Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["sharded"], ModelFamilies.All)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_missing_is_named()
    {
        TinyCheckpoints.Write(_temp["sharded"], _shape, seed: 1, shards: 3);
        File.Delete(Path.Combine(_temp["sharded"], "model-00002-of-00003.safetensors"));

        var error = Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["sharded"], ModelFamilies.All));

        Assert.EndsWith("model-00002-of-00003.safetensors", error.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""["DebertaV2ForSequenceClassification"]""", "architectures is [DebertaV2ForSequenceClassification]")]
    [InlineData("""["XLMRobertaForSequenceClassification", "Other"]""", "Other")]
    [InlineData("null", "architectures is []; only [XLMRobertaForSequenceClassification or BertForSequenceClassification or ")]
    [InlineData("[7]", "no valid configuration")]
    public void A_checkpoint_of_no_known_family_is_refused_by_its_architecture(string architectures, string reason)
    {
        var path = Path.Combine(_temp["checkpoint"], "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["architectures"] = JsonNode.Parse(architectures);
        File.WriteAllText(path, config.ToJsonString());

        Assert.Contains(reason, Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    private Checkpoint Open() => Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

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
