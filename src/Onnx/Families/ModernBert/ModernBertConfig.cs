using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.ModernBert;

/// <summary>
/// The numbers of a ModernBERT's <c>config.json</c>, in the words of either version: <c>global_rope_theta</c>, <c>local_rope_theta</c> and
/// <c>global_attn_every_n_layers</c>, or <c>rope_parameters</c> and <c>layer_types</c>. Where both are there they must say the same.
/// </summary>
internal static class ModernBertConfig
{
    private const string Full = "full_attention";
    private const string Sliding = "sliding_attention";
    private const double UsualGlobalBase = 160_000;
    private const double UsualLocalBase = 10_000;
    private const int UsualWindow = 128;
    private const int UsualEvery = 3;

    private static readonly string[] Biases = ["attention_bias", "mlp_bias", "norm_bias", "classifier_bias"];

    /// <summary>Reads the encoder's shape; pooling is the head's.</summary>
    /// <exception cref="CheckpointException">It describes a model whose forward pass the graphs do not express.</exception>
    public static ModelShape ReadShape(ConfigReader reader)
    {
        reader.RequireText("hidden_activation", "gelu");
        reader.RequireEncoder();
        foreach (var bias in Biases)
        {
            reader.Require(!reader.IsTrue(bias), $"{bias} is set; ModernBERT's modules are imported without");
        }

        var local = reader.ReadInteger("local_attention", UsualWindow);
        reader.Require(local is > 1 and <= ShapeLimits.MaxPositions, $"local_attention is {local}; it may be from 2 to {ShapeLimits.MaxPositions}");
        var epsilon = reader.ReadNumber("norm_eps", 1e-5);
        reader.Require(epsilon is > 0 and < 1, "norm_eps is not between 0 and 1");
        var shape = reader.ReadShape(firstPosition: 0, epsilon);
        reader.Require(shape.Hidden / shape.Heads % 2 == 0, $"heads have {shape.Hidden / shape.Heads} columns, which cannot be turned in halves");

        // What other families' normalizations read stands there too, and nothing of this one reads it.
        return shape with
        {
            LayerNormEpsilon = (float)epsilon,
            Rotary = new RotaryShape
            {
                GlobalBase = ReadBase(reader, "global_rope_theta", Full, UsualGlobalBase),
                LocalBase = ReadBase(reader, "local_rope_theta", Sliding, UsualLocalBase),
                Window = local / 2,
                GlobalEvery = ReadEvery(reader, shape.Layers),
            },
        };
    }

    private static double ReadBase(ConfigReader reader, string name, string kind, double usual)
    {
        reader.Require(!reader.Root.TryGetMember("rope_scaling", out _), "rope_scaling is set; positions are turned without");
        double? old = reader.Root.TryGetMember(name, out var value) ? value.ReadNumber() : null;
        var newer = reader.Root.TryGetMember("rope_parameters", out var all) ? ReadKind(reader, all, kind) : null;
        reader.Require(old is null || newer is null || old == newer, $"{name} is {old}, and rope_theta of {kind} in rope_parameters is {newer}");
        var turn = newer ?? old ?? usual;
        reader.Require(turn > 1 && double.IsFinite(turn), $"the rope_theta of {kind} is not above 1 and a number");
        return turn;
    }

    private static double? ReadKind(ConfigReader reader, JsonElement kinds, string kind)
    {
        var other = kinds.ListMembers().Select(m => m.Name).FirstOrDefault(name => name is not (Full or Sliding));
        reader.Require(other is null, $"rope_parameters has '{other}'; there is one base for '{Full}' and one for '{Sliding}'");
        return kinds.TryGetMember(kind, out var one) ? ReadParameters(reader, one, kind) : null;
    }

    private static double? ReadParameters(ConfigReader reader, JsonElement parameters, string kind)
    {
        double? turn = null;
        foreach (var member in parameters.ListMembers().Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            switch (member.Name)
            {
                case "rope_theta":
                    turn = member.Value.ReadNumber();
                    break;
                case "rope_type" or "type":
                    reader.Require(member.Value.ReadText() == "default", $"{member.Name} of {kind} in rope_parameters is '{member.Value}'; only 'default' is imported");
                    break;
                case "partial_rotary_factor":
                    reader.Require(member.Value.ReadNumber() == 1, $"partial_rotary_factor of {kind} in rope_parameters is {member.Value}; whole heads are turned");
                    break;
                default:
                    reader.Require(condition: false, $"{kind} in rope_parameters has '{member.Name}', which is not imported");
                    break;
            }
        }

        return turn;
    }

    // Graphs know layers that see the whole pair by their distance.
    private static int ReadEvery(ConfigReader reader, int layers)
    {
        const string Name = "global_attn_every_n_layers";
        int? old = reader.Root.TryGetMember(Name, out _) ? reader.ReadPositive(Name, ShapeLimits.MaxLayers) : null;
        if (!reader.Root.TryGetMember("layer_types", out var types))
        {
            return old ?? UsualEvery;
        }

        var kinds = types.ListItems().Select(t => t.ReadText()).ToList();
        reader.Require(kinds.Count == layers, $"layer_types names {kinds.Count} layers, and num_hidden_layers is {layers}");
        var other = kinds.Find(k => k is not (Full or Sliding));
        reader.Require(other is null, $"layer_types has '{other}'; '{Full}' and '{Sliding}' are imported");
        var second = kinds.IndexOf(Full, 1);
        var every = second < 0 ? Math.Max(layers, old ?? 0) : second;
        reader.Require(
            kinds.Select((kind, layer) => (kind == Full) == (layer % every == 0)).All(same => same),
            $"layer_types is no '{Full}' of layer 0 and of every so manieth layer after it");
        reader.Require(old is null || Enumerable.Range(0, layers).All(l => (l % every == 0) == (l % old == 0)), $"{Name} is {old}, and layer_types says otherwise");
        return every;
    }
}
