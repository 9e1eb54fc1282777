using System.Numerics.Tensors;
using Reranker.Inference.Models;
using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Quantization.Folding;

/// <summary>
/// Puts factors of activation channels into the weights around them, so that they cost nothing when the model runs. What gives the
/// value is divided (the gain and bias of the normalization before it, or for an attention's context the rows of the value
/// projection, since its shares add up to 1), and the columns of what reads it are multiplied. The shortcut around the layer
/// reads a normalized value too, and multiplies it back. All of it is exact in real arithmetic. GELU's output has nothing before
/// it that could be divided.
/// </summary>
internal sealed class FactorFolding
{
    private readonly IReadOnlyDictionary<string, float[]> _factors;
    private readonly Dictionary<string, float[]> _shortcuts = [];
    private readonly Dictionary<string, float[]> _multiplied = [];
    private readonly Dictionary<string, float[]> _divided = [];

    /// <summary>Places factors.</summary>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="factors">Factors by the name of the value that is divided by them; all are positive.</param>
    public FactorFolding(ModelShape shape, IReadOnlyDictionary<string, float[]> factors)
    {
        _factors = factors;
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var name = EncoderParts.NameLayer(layer);
            var norm = layer == 0 ? XlmRobertaTensors.EmbeddingNorm : XlmRobertaTensors.NameFeedForwardNorm(layer - 1);
            PlaceNormalized(
                PaddedGraph.NameLayerInput(layer), norm,
                XlmRobertaTensors.NameQuery(layer), XlmRobertaTensors.NameKey(layer), XlmRobertaTensors.NameValue(layer));
            Place($"{name}/attention/context", XlmRobertaTensors.NameValue(layer), XlmRobertaTensors.NameAttentionOutput(layer));
            PlaceNormalized($"{name}/attention/norm", XlmRobertaTensors.NameAttentionNorm(layer), XlmRobertaTensors.NameFeedForwardInput(layer));
        }
    }

    /// <summary>Nothing is folded.</summary>
    public static FactorFolding CreateEmpty(ModelShape shape) => new(shape, new Dictionary<string, float[]>());

    /// <summary>True for a value that something before it can be divided for.</summary>
    public static bool CanFold(QuantizedInput input) => !input.ByRow;

    /// <summary>The factors that a shortcut multiplies a value with; null where it reads the value as it is.</summary>
    public float[]? FindShortcut(string value) => _shortcuts.GetValueOrDefault(value);

    /// <summary>True for a tensor of the checkpoint that is changed.</summary>
    public bool IsFolded(string tensor) => _multiplied.ContainsKey(tensor) || _divided.ContainsKey(tensor);

    /// <summary>Reads a tensor as it is to be: [out, in], or [out].</summary>
    public float[] ReadFolded(StoredTensor tensor)
    {
        var values = tensor.ReadAll();
        var width = tensor.Shape.Length == 1 ? 1 : (int)tensor.Shape[1];
        if (_multiplied.TryGetValue(tensor.Name, out var columns))
        {
            for (var row = values.AsSpan(); !row.IsEmpty; row = row[width..])
            {
                TensorPrimitives.Multiply(row[..width], columns, row[..width]);
            }
        }

        if (_divided.TryGetValue(tensor.Name, out var rows))
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var row = values.AsSpan(i * width, width);
                TensorPrimitives.Divide(row, rows[i], row);
            }
        }

        return values;
    }

    private void PlaceNormalized(string value, string norm, params string[] behind)
    {
        Place(value, norm, behind);
        if (_factors.TryGetValue(value, out var factors))
        {
            _shortcuts.Add(value, factors);
        }
    }

    private void Place(string value, string before, params string[] behind)
    {
        if (_factors.TryGetValue(value, out var factors))
        {
            _divided.Add(TensorNames.NameWeight(before), factors);
            _divided.Add(TensorNames.NameBias(before), factors);
            Array.ForEach(behind, module => _multiplied.Add(TensorNames.NameWeight(module), factors));
        }
    }
}
