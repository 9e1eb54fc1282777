using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Weights;

/// <summary>
/// The weights of an FP32 or FP16 model under their checkpoint names. Matrices are stored [in, out], so that no runtime
/// transposes them at load; the classifier head stays FP32.
/// </summary>
internal static class FloatPlan
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="type">Type of all weights but the head.</param>
    /// <param name="instead">Places a tensor in another way and says so; null where all are of that type.</param>
    /// <param name="shared">Tensors that lie in another file; null for none.</param>
    /// <param name="foldsValueBias">Also the biases that hold the value's, for packed forms whose attention adds none.</param>
    public static WeightPlan CreatePlan(
        Checkpoint checkpoint,
        OnnxType type,
        Func<WeightPlan, StoredTensor, bool>? instead = null,
        SharedWeights? shared = null,
        bool foldsValueBias = true)
    {
        var plan = new WeightPlan(shared);
        foreach (var (name, shape) in checkpoint.ListTensors())
        {
            var stored = checkpoint[name];
            switch (name)
            {
                case XlmRobertaTensors.TokenTypeEmbeddings:
                    // Lives on inside the position table.
                    break;
                case XlmRobertaTensors.PositionEmbeddings:
                    var types = checkpoint[XlmRobertaTensors.TokenTypeEmbeddings];
                    plan.AddTensor(name, type, [types.Shape[0] * shape[0], shape[1]], WeightSources.SumPositionsAndTokenTypes(stored, types));
                    break;
                case XlmRobertaTensors.WordEmbeddings:
                    plan.AddTensor(name, type, shape, WeightSources.CopyTensor(stored));
                    break;
                case var _ when instead is not null && instead(plan, stored):
                    break;
                default:
                    AddModule(plan, stored, shape, XlmRobertaTensors.IsHead(name) ? OnnxType.Float : type);
                    break;
            }
        }

        for (var layer = 0; foldsValueBias && checkpoint.Shape.Rotary is null && layer < checkpoint.Shape.Layers; layer++)
        {
            plan.AddTensor(XlmRobertaTensors.NameFoldedOutputBias(layer), type, [checkpoint.Shape.Hidden], FoldValueBias(checkpoint, layer));
        }

        return plan;
    }

    private static WeightSource FoldValueBias(Checkpoint checkpoint, int layer)
    {
        var output = XlmRobertaTensors.NameAttentionOutput(layer);
        return WeightSources.FoldBias(
            checkpoint[TensorNames.NameWeight(output)],
            checkpoint[TensorNames.NameBias(output)],
            checkpoint[TensorNames.NameBias(XlmRobertaTensors.NameValue(layer))]);
    }

    private static void AddModule(WeightPlan plan, StoredTensor stored, long[] shape, OnnxType type)
    {
        if (shape is [var rows, var columns])
        {
            plan.AddTensor(stored.Name, type, [columns, rows], WeightSources.TransposeMatrix(stored));
        }
        else
        {
            plan.AddTensor(stored.Name, type, shape, WeightSources.CopyTensor(stored));
        }
    }
}
