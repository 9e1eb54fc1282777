using System.Text.Json;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.Common;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Families.ModernBert;

/// <summary>
/// <c>ModernBertForSequenceClassification</c>: gte-reranker-modernbert and its kin. Rotary positions with two bases, local windows,
/// normalization before each sublayer, gated feed-forward, no biases; fused query, key and value are taken apart.
/// </summary>
internal sealed class ModernBertFamily : IModelFamily
{
    /// <summary>Name in a manifest, whatever the head is made of.</summary>
    public const string FamilyName = "modernbert";

    public string Name => FamilyName;

    public string Architecture => "ModernBertForSequenceClassification";

    public FamilyShape ReadShape(string path, JsonElement config)
    {
        var reader = new ConfigReader(path, config);
        reader.RequireText("classifier_activation", "gelu");
        var pooling = reader.ReadText("classifier_pooling", "cls");
        reader.Require(pooling is "cls" or "mean", $"classifier_pooling is '{pooling}'; 'cls' and 'mean' are imported");
        var labels = LabelHead.Read(reader);
        var shape = ModernBertConfig.ReadShape(reader);
        shape = shape with { Rotary = shape.Rotary! with { PoolsMean = pooling == "mean" } };
        return new FamilyShape(shape,
        [
            .. ModernBertTensors.ListEncoder(shape, "model."),
            .. ModernBertTensors.ListMatrix(XlmRobertaTensors.HeadDense, "head.dense.weight", shape.Hidden, shape.Hidden),
            .. ModernBertTensors.ListNorm(XlmRobertaTensors.HeadNorm, "head.norm.weight", shape.Hidden),
            .. labels.ListTensors(XlmRobertaTensors.HeadOutput, "classifier", shape.Hidden),
        ]);
    }

    public bool IsUnused(string tensor) => tensor.StartsWith("decoder.", StringComparison.Ordinal);

    public TokenizerFiles CheckTokenizer(string root, ModelShape shape) => ReadTokenizer(root, shape);

    /// <summary>The tokenizer, which has no older files.</summary>
    internal static TokenizerFiles ReadTokenizer(string root, ModelShape shape) => CheckpointTokenizer.Read(
        root, shape, (folder, _, _) => throw new CheckpointException(Path.Combine(folder, "tokenizer.json"), "missing; the tokenizer is read from it"));
}
