using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families.XlmRoberta;

public sealed class XlmRobertaConfigTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly JsonNode _config;

    public XlmRobertaConfigTests()
    {
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        _config = JsonNode.Parse(File.ReadAllText(Path.Combine(_temp["checkpoint"], "config.json")))!;
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_written_configuration_is_read_back() => Assert.Equal(TinyCheckpoints.Shape(), Read());

    [Theory]
    [InlineData("hidden_act", "\"gelu_new\"", "gelu_new")]
    [InlineData("position_embedding_type", "\"relative_key\"", "relative_key")]
    [InlineData("pad_token_id", "0", "pad_token_id is 0")]
    [InlineData("type_vocab_size", "2", "type_vocab_size is 2")]
    [InlineData("id2label", """{"0":"no","1":"yes"}""", "2 labels")]
    [InlineData("id2label", "null", "2 labels")]
    [InlineData("num_attention_heads", "5", "no multiple")]
    [InlineData("max_position_embeddings", "6", "no room")]
    [InlineData("max_position_embeddings", "7", "no room")]
    [InlineData("num_hidden_layers", "2000000000", "num_hidden_layers is 2000000000")]
    [InlineData("num_hidden_layers", "1e99", "no valid configuration")]
    [InlineData("hidden_size", "1000000000", "hidden_size is 1000000000")]
    [InlineData("intermediate_size", "2147483647", "intermediate_size is 2147483647")]
    [InlineData("vocab_size", "2147483647", "vocab_size is 2147483647")]
    [InlineData("max_position_embeddings", "2147483647", "max_position_embeddings is 2147483647")]
    [InlineData("layer_norm_eps", "1e300", "layer_norm_eps")]
    [InlineData("num_hidden_layers", "0", "num_hidden_layers is 0")]
    [InlineData("hidden_size", "\"12\"", "no valid configuration")]
    [InlineData("layer_norm_eps", "0", "layer_norm_eps")]
    public void A_model_of_another_kind_is_refused_with_the_reason(string name, string value, string reason)
    {
        _config[name] = JsonNode.Parse(value);

        Assert.Contains(reason, Assert.Throws<CheckpointException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_is_missing_is_named()
    {
        _config.AsObject().Remove("vocab_size");

        Assert.Contains("has no vocab_size", Assert.Throws<CheckpointException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_label_may_be_said_by_number()
    {
        _config.AsObject().Remove("id2label");
        _config["num_labels"] = 1;

        Assert.Equal(TinyCheckpoints.Shape(), Read());
    }

    private ModelShape Read()
    {
        File.WriteAllText(_temp["config.json"], _config.ToJsonString());
        return CheckpointJson.ReadObject(_temp["config.json"], 1 << 20, "configuration", json => XlmRobertaConfig.Read(_temp["config.json"], json));
    }
}
