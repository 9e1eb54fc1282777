using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification.Source;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

/// <summary>What a family cannot take is refused by the name of what is in the way.</summary>
public sealed class FamilyRefusalTests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(vocabulary: 270);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("hidden_act", "\"relu\"", "hidden_act is 'relu'")]
    [InlineData("position_embedding_type", "\"relative_key\"", "position_embedding_type is 'relative_key'")]
    [InlineData("type_vocab_size", "1", "type_vocab_size is 1; BERT's is 2")]
    [InlineData("is_decoder", "true", "is_decoder is set")]
    [InlineData("id2label", """{"0": "entailment", "1": "neutral", "2": "contradiction"}""", "the model has 3 labels")]
    [InlineData("id2label", """{"0": "cats", "1": "dogs"}""", "the labels are [cats, dogs]")]
    public void A_configuration_that_the_graphs_do_not_express_is_refused(string member, string value, string reason)
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        Edit("config.json", c => c[member] = JsonNode.Parse(value));

        Assert.Contains(reason, Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_architecture_is_refused_with_the_families_that_there_are()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        Edit("config.json", c => c["architectures"] = new JsonArray("DebertaV2ForSequenceClassification"));

        var reason = Refuse();

        Assert.Contains("[DebertaV2ForSequenceClassification]", reason, StringComparison.Ordinal);
        Assert.Contains("BertForSequenceClassification", reason, StringComparison.Ordinal);
        Assert.Contains("RobertaForSequenceClassification", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_contradict_the_tokenizer_are_refused()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        File.WriteAllText(_temp["checkpoint/tokenizer_config.json"], """{"do_lower_case": false}""");

        Assert.Contains("sets do_lower_case to false", Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_that_does_more_is_refused_by_the_step_s_name()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        Edit("tokenizer.json", t => t["normalizer"] = JsonNode.Parse("""{"type": "Sequence", "normalizers": [{"type": "NFKC"}]}"""));

        Assert.Contains("normalizes texts by NFKC", Refuse(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_in_the_opposite_order_give_the_opposite_score()
    {
        FamilyCheckpoints.WriteRoberta(_temp["checkpoint"], Shape, seed: 4, labels: 2);
        using var usual = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        var expected = usual["classifier.out_proj.bias"].ReadAll()[0];
        Edit("config.json", c => c["id2label"] = JsonNode.Parse("""{"0": "relevant", "1": "not relevant"}"""));

        using var opposite = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

        Assert.Equal(-expected, opposite["classifier.out_proj.bias"].ReadAll()[0]);
    }

    [Fact]
    public void Gamma_and_beta_are_gain_and_bias()
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], Shape, seed: 1);
        using (var plain = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All))
        {
            var path = _temp["checkpoint/model.safetensors"];
            var bytes = File.ReadAllBytes(path);
            var header = System.Text.Encoding.UTF8.GetString(bytes, 8, (int)BitConverter.ToUInt64(bytes));
            var renamed = header.Replace("LayerNorm.weight", "LayerNorm.gamma ", StringComparison.Ordinal).Replace("gamma \"", "gamma\" ", StringComparison.Ordinal);
            Assert.Equal(header.Length, renamed.Length);
            System.Text.Encoding.UTF8.GetBytes(renamed).CopyTo(bytes, 8);
            Directory.CreateDirectory(_temp["old"]);
            File.WriteAllBytes(_temp["old/model.safetensors"], bytes);
            File.Copy(_temp["checkpoint/config.json"], _temp["old/config.json"]);
            File.Copy(_temp["checkpoint/tokenizer.json"], _temp["old/tokenizer.json"]);
            using var old = Checkpoint.Open(_temp["old"], ModelFamilies.All);

            Assert.All(plain.ListTensors(), t => Assert.Equal(plain[t.Name].ReadAll(), old[t.Name].ReadAll()));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_source_s_own_pass_finds_swapped_segments_and_nothing_else(bool isSwapped)
    {
        FamilyCheckpoints.WriteBert(_temp["checkpoint"], TinyCheckpoints.Shape(layers: 2, heads: 2, headSize: 8, vocabulary: 270, positions: 66), seed: 1);
        CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp32 }, null, CancellationToken.None);
        if (isSwapped)
        {
            CheckpointEdit.Rewrite(_temp["checkpoint/model.safetensors"], t =>
            {
                var types = t["bert.embeddings.token_type_embeddings.weight"];
                t["bert.embeddings.token_type_embeddings.weight"] = [.. types[(types.Length / 2)..], .. types[..(types.Length / 2)]];
            });
        }

        var report = SourceComparison.CompareFolders(
            _temp["checkpoint"], _temp["model"], [("how to rank", "a ranking of trains, by length")], new SourceComparisonOptions(), CancellationToken.None);

        Assert.Equal(isSwapped ? "embeddings/norm" : null, report.FirstBeyond);
    }

    [Theory]
    [InlineData(float.NaN, "holds a value that is not finite")]
    [InlineData(70_000f, "holds 70000, which FP16 cannot represent")]
    public void A_value_that_cannot_be_held_is_told_by_the_name_that_the_file_has(float value, string reason)
    {
        const string Stored = "model.layers.1.attn.Wqkv.weight";
        ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 1);
        CheckpointEdit.Rewrite(_temp["checkpoint/model.safetensors"], t => t[Stored][7] = value);

        var error = Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(
            _temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp16 }, null, CancellationToken.None));

        Assert.Equal(_temp["checkpoint/model.safetensors"], error.File);
        Assert.StartsWith($"tensor '{Stored}' {reason}", error.Reason, StringComparison.Ordinal);
    }

    private string Refuse() => Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All).Dispose()).Message;

    private void Edit(string file, Action<JsonNode> change)
    {
        var path = Path.Combine(_temp["checkpoint"], file);
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
