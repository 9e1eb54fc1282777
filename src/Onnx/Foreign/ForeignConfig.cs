using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Foreign;

/// <summary>
/// What <c>config.json</c> says beside a graph that somebody else made. The graph is the forward pass, so nothing is refused here that it
/// could be; numbers are read under the names that several families have for them.
/// </summary>
/// <param name="Family">Its <c>model_type</c>.</param>
/// <param name="Shape">Shape of the encoder.</param>
/// <param name="FindLabels">Reads the labels; refuses those that are no score.</param>
internal sealed record ForeignConfig(string Family, ModelShape Shape, Func<LabelHead> FindLabels)
{
    private const string ClassifierEnd = "ForSequenceClassification";
    private const double UsualEpsilon = 1e-5;

    // Families that begin to count positions behind the row of padding.
    private static readonly string[] CountFromPadding = ["roberta", "xlm-roberta", "camembert", "mpnet", "longformer"];

    /// <summary>Reads the file.</summary>
    /// <exception cref="CheckpointException">It describes no encoder with a classifier, or a number is missing.</exception>
    public static ForeignConfig Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(path, "missing; it says what the graph is");
        }

        return CheckpointJson.ReadObject(path, CheckpointJson.MaxSettingsBytes, "configuration", config => Read(path, config));
    }

    // Later: a graph that gives no logits is refused for that.
    private static LabelHead ReadLabels(string path)
        => CheckpointJson.ReadObject(path, CheckpointJson.MaxSettingsBytes, "configuration", config => LabelHead.Read(new ConfigReader(path, config)));

    private static ForeignConfig Read(string path, JsonElement config)
    {
        var reader = new ConfigReader(path, config);
        reader.RequireEncoder();
        string[] architectures = config.TryGetMember("architectures", out var list) ? [.. list.ListItems().Select(a => a.ReadText())] : [];
        reader.Require(
            architectures.All(a => a.EndsWith(ClassifierEnd, StringComparison.Ordinal)),
            $"architectures is [{string.Join(", ", architectures)}]; of other people's graphs those of a …{ClassifierEnd} are taken, and not those that generate or embed");
        var family = reader.ReadText("model_type", "encoder");
        var first = CountFromPadding.Contains(family) ? reader.ReadInteger("pad_token_id", PairLayout.PadId) + 1 : 0;
        var shape = new ModelShape
        {
            Layers = ReadFirst("num_hidden_layers", "n_layers", "num_layers"),
            Hidden = ReadFirst("hidden_size", "dim", "d_model"),
            Heads = ReadFirst("num_attention_heads", "n_heads"),
            FeedForward = ReadFirst("intermediate_size", "hidden_dim"),
            Vocabulary = ReadFirst("vocab_size"),
            Positions = ReadFirst("max_position_embeddings"),
            FirstPosition = first == ModelShape.UsualFirstPosition ? null : first,
            LayerNormEpsilon = (float)reader.ReadNumber("layer_norm_eps", reader.ReadNumber("norm_eps", UsualEpsilon)),
        };
        var refusal = ShapeLimits.FindRefusal(shape);
        reader.Require(refusal is null, refusal ?? "");
        reader.Require(shape.MaxPositions >= PairLayout.MinPairTokens, $"max_position_embeddings {shape.Positions} leaves no room for a pair");
        return new ForeignConfig(family, shape, () => ReadLabels(path));

        int ReadFirst(params string[] names) => reader.ReadPositive(names.FirstOrDefault(n => config.TryGetMember(n, out _)) ?? names[0], int.MaxValue);
    }
}
