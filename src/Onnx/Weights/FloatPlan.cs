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
    public static WeightPlan Create(Checkpoint checkpoint, OnnxType type, Func<WeightPlan, StoredTensor, bool>? instead = null)
    {
        var plan = new WeightPlan();
        foreach (var (name, shape) in checkpoint.ListTensors())
        {
            var stored = checkpoint[name];
            switch (name)
            {
                case XlmRobertaTensors.TokenTypeEmbeddings:
                    // Lives on inside the position table.
                    break;
                case XlmRobertaTensors.PositionEmbeddings:
                    plan.Add(name, type, shape, WeightSources.Positions(stored, checkpoint[XlmRobertaTensors.TokenTypeEmbeddings]));
                    break;
                case XlmRobertaTensors.WordEmbeddings:
                    plan.Add(name, type, shape, WeightSources.Copy(stored));
                    break;
                case var _ when instead is not null && instead(plan, stored):
                    break;
                default:
                    AddModule(plan, stored, shape, XlmRobertaTensors.IsHead(name) ? OnnxType.Float : type);
                    break;
            }
        }

        for (var layer = 0; layer < checkpoint.Shape.Layers; layer++)
        {
            plan.Add(XlmRobertaTensors.FoldedOutputBias(layer), type, [checkpoint.Shape.Hidden], Folded(checkpoint, layer));
        }

        return plan;
    }

    private static WeightSource Folded(Checkpoint checkpoint, int layer)
    {
        var output = XlmRobertaTensors.AttentionOutput(layer);
        return WeightSources.Folded(
            checkpoint[TensorNames.Weight(output)],
            checkpoint[TensorNames.Bias(output)],
            checkpoint[TensorNames.Bias(XlmRobertaTensors.Value(layer))]);
    }

    private static void AddModule(WeightPlan plan, StoredTensor stored, long[] shape, OnnxType type)
    {
        if (shape is [var rows, var columns])
        {
            plan.Add(stored.Name, type, [columns, rows], WeightSources.Transpose(stored));
        }
        else
        {
            plan.Add(stored.Name, type, shape, WeightSources.Copy(stored));
        }
    }
}
