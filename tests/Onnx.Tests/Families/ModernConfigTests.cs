using System.Text.Json.Nodes;
using Reranker.Inference.Models;
using Reranker.Onnx.Families;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Import;
using Reranker.Onnx.Verification.Source;
using Reranker.TestKit;
using Reranker.TestKit.Reference;

namespace Reranker.Onnx.Tests.Families;

/// <summary>What a ModernBERT's configuration and modules may say, in old words and new ones.</summary>
public sealed class ModernConfigTests : IDisposable
{
    private static readonly ModelShape Shape = TinyCheckpoints.Shape(layers: 4, heads: 2, headSize: 8, feedForward: 16, vocabulary: 270);

    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Newer_words_are_read_and_older_ones_beside_them_may_say_the_same()
    {
        ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 1, window: 12);
        ModernCheckpoints.UseNewerWords(_temp["checkpoint"], 160_000, 10_000);

        Edit(c => (c["global_rope_theta"], c["global_attn_every_n_layers"]) = (160_000.0, 3));

        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);
        Assert.Equal(new RotaryShape { GlobalBase = 160_000, LocalBase = 10_000, Window = 6, GlobalEvery = 3 }, checkpoint.Shape.Rotary);
    }

    [Fact]
    public void Without_words_the_defaults_hold()
    {
        ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 1);
        Edit(c =>
        {
            foreach (var name in new[] { "global_rope_theta", "local_rope_theta", "global_attn_every_n_layers", "local_attention", "norm_eps", "classifier_pooling" })
            {
                c.Remove(name);
            }

            // Of another family's normalization.
            c["layer_norm_eps"] = 1e-3;
        });

        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

        Assert.Equal(new RotaryShape { GlobalBase = 160_000, LocalBase = 10_000, Window = 64, GlobalEvery = 3 }, checkpoint.Shape.Rotary);
        Assert.Equal(1e-5f, checkpoint.Shape.LayerNormEpsilon);
    }

    // What is left out has a default, and null is a value: layers with a window then turn as the others do.
    [Fact]
    public void A_local_base_that_is_null_is_the_global_one()
    {
        ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 1);
        Edit(c => (c["global_rope_theta"], c["local_rope_theta"]) = (500.0, null));

        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

        Assert.Equal((500, 500), (checkpoint.Shape.Rotary!.GlobalBase, checkpoint.Shape.Rotary.LocalBase));
    }

    [Theory]
    [InlineData("""["full_attention", "full_attention", "full_attention", "full_attention"]""", 1)]
    [InlineData("""["full_attention", "sliding_attention", "full_attention", "sliding_attention"]""", 2)]
    [InlineData("""["full_attention", "sliding_attention", "sliding_attention", "sliding_attention"]""", 4)]
    public void Layer_types_at_equal_distances_are_read(string types, int every)
    {
        ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 1);
        Edit(c =>
        {
            c.Remove("global_attn_every_n_layers");
            c["layer_types"] = JsonNode.Parse(types);
        });

        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

        Assert.Equal(every, checkpoint.Shape.Rotary!.GlobalEvery);
    }

    [Theory]
    [InlineData("layer_types", """["full_attention", "sliding_attention", "sliding_attention", "sliding_attention"]""", "global_attn_every_n_layers is 3, and layer_types says otherwise")]
    [InlineData("layer_types", """["sliding_attention", "full_attention", "sliding_attention", "full_attention"]""", "layer_types is no 'full_attention' of layer 0")]
    [InlineData("layer_types", """["full_attention"]""", "layer_types names 1 layers, and num_hidden_layers is 4")]
    [InlineData("layer_types", """["full_attention", "chunked_attention", "full_attention", "full_attention"]""", "layer_types has 'chunked_attention'")]
    [InlineData("rope_parameters", """{"full_attention": {"rope_theta": 500}}""", "global_rope_theta is 160000, and rope_theta of full_attention in rope_parameters is 500")]
    [InlineData("rope_parameters", """{"sliding_attention": {"rope_type": "yarn"}}""", "rope_type of sliding_attention in rope_parameters is 'yarn'")]
    [InlineData("rope_parameters", """{"sliding_attention": {"factor": 2.0}}""", "sliding_attention in rope_parameters has 'factor'")]
    [InlineData("rope_parameters", """{"rope_theta": 500, "rope_type": "default"}""", "rope_parameters has 'rope_theta'; there is one base for")]
    [InlineData("global_rope_theta", "1e999", "the rope_theta of full_attention is not above 1 and a number")]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 2.0}""", "rope_scaling is set")]
    [InlineData("local_attention", "1", "local_attention is 1")]
    [InlineData("norm_bias", "true", "norm_bias is set")]
    [InlineData("hidden_activation", "\"silu\"", "hidden_activation is 'silu'")]
    public void What_the_graphs_do_not_express_is_refused_by_its_name(string member, string value, string reason)
    {
        ModernCheckpoints.Write(_temp["checkpoint"], Shape, seed: 1);
        Edit(c => c[member] = JsonNode.Parse(value));

        AssertRefused(reason);
    }

    [Theory]
    [InlineData("1_Pooling/config.json", "pooling_mode", "\"lasttoken\"", "pools by 'lasttoken'")]
    [InlineData("1_Pooling/config.json", "embedding_dimension", "8", "embedding_dimension is 8 instead of 16")]
    [InlineData("2_Dense/config.json", "activation_function", "\"torch.nn.modules.activation.Tanh\"", "activation_function is 'torch.nn.modules.activation.Tanh'")]
    [InlineData("2_Dense/config.json", "activation_function", "null", "activation_function is 'torch.nn.modules.activation.Tanh'")]
    [InlineData("2_Dense/config.json", "use_residual", "true", "use_residual is set")]
    [InlineData("2_Dense/config.json", "bias", "true", "missing '2_Dense/linear.bias'")]
    [InlineData("3_LayerNorm/config.json", "dimension", "32", "dimension is 32 instead of 16")]
    [InlineData("4_Dense/config.json", "out_features", "2", "out_features is 2 instead of 1")]
    [InlineData("4_Dense/config.json", "module_output_name", "\"sentence_embedding\"", "module_output_name is 'sentence_embedding'")]
    [InlineData("config.json", "norm_eps", "1e-6", "norm_eps is 1E-06, and a LayerNorm of modules.json has 1E-05")]
    public void Another_module_is_refused_by_its_file(string file, string member, string value, string reason)
    {
        ModernCheckpoints.WriteModules(_temp["checkpoint"], Shape, seed: 1);
        Edit(c => c[member] = JsonNode.Parse(value), file);

        AssertRefused(reason);
    }

    [Fact]
    public void Another_chain_of_modules_and_none_are_refused()
    {
        ModernCheckpoints.WriteModules(_temp["checkpoint"], Shape, seed: 1);
        var list = JsonNode.Parse(File.ReadAllText(_temp["checkpoint/modules.json"]))!.AsArray();
        list.RemoveAt(3);
        File.WriteAllText(_temp["checkpoint/modules.json"], list.ToJsonString());
        AssertRefused("is the chain [Transformer, Pooling, Dense, Dense]");

        File.WriteAllText(_temp["checkpoint/modules.json"], "{}");
        AssertRefused("is no valid list of modules");

        File.Delete(_temp["checkpoint/modules.json"]);
        AssertRefused("an encoder without a classifier has its head in the modules");
    }

    [Fact]
    public void Older_files_have_a_switch_for_each_kind_of_pooling()
    {
        ModernCheckpoints.WriteModules(_temp["checkpoint"], Shape, seed: 1);
        Edit(
            c =>
            {
                c.Remove("pooling_mode");
                (c["pooling_mode_cls_token"], c["pooling_mode_mean_tokens"]) = (false, true);
            }, "1_Pooling/config.json");

        using var checkpoint = Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All);

        Assert.True(checkpoint.Shape.Rotary!.PoolsMean);
    }

    [Fact]
    public void A_model_of_modules_names_all_files_that_it_comes_from_and_agrees_with_its_source()
    {
        ModernCheckpoints.WriteModules(_temp["checkpoint"], Shape, seed: 1);

        var manifest = CheckpointImporter.Import(_temp["checkpoint"], _temp["model"], new ImportOptions { Precision = ModelPrecision.Fp32 }, null, CancellationToken.None);
        var report = SourceComparison.CompareFolders(
            _temp["checkpoint"], _temp["model"], [("how to rank a train", "the rain in the plain")], new SourceComparisonOptions(), CancellationToken.None);

        Assert.Equal("modernbert", manifest.Family);
        Assert.Equal(
            ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "3_LayerNorm/config.json", "3_LayerNorm/model.safetensors", "4_Dense/config.json", "4_Dense/model.safetensors", "config.json", "model.safetensors", "modules.json", "tokenizer.json"],
            manifest.Source.Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Null(report.FirstBeyond);
    }

    private void AssertRefused(string reason) => Assert.Contains(
        reason, Assert.Throws<CheckpointException>(() => Checkpoint.Open(_temp["checkpoint"], ModelFamilies.All)).Message, StringComparison.Ordinal);

    private void Edit(Action<JsonObject> edit, string file = "config.json")
    {
        var path = _temp[$"checkpoint/{file}"];
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
