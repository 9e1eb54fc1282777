using System.Runtime.InteropServices;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Static;

/// <summary>
/// The weights of <see cref="StaticInt8Operators"/>: the matrices behind quantized activations in INT8 with an FP16 scale a column,
/// the classifier in FP32, all else in FP16. Beside the choice of matrices they do not depend on the activations' scales.
/// </summary>
internal static class StaticInt8Plan
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="scales">Which activations are quantized.</param>
    /// <param name="folding">Factors that go into the weights.</param>
    /// <param name="shared">Tensors that lie in another file; null for none.</param>
    public static WeightPlan CreatePlan(Checkpoint checkpoint, ActivationScales scales, FactorFolding folding, SharedWeights? shared = null)
    {
        var inputs = QuantizedLinears.ListInputs(checkpoint.Shape).ToList();
        var quantized = inputs.Where(i => scales.IsQuantized(i.Value)).SelectMany(i => i.Modules).Select(TensorNames.NameWeight).ToHashSet();
        var plan = FloatPlan.CreatePlan(
            checkpoint,
            OnnxType.Float16,
            (plan, tensor) =>
            {
                if (quantized.Contains(tensor.Name))
                {
                    AddMatrix(plan, tensor, folding);
                    return true;
                }

                if (folding.IsFolded(tensor.Name))
                {
                    AddFolded(plan, tensor, folding);
                    return true;
                }

                return false;
            },
            shared,
            foldsValueBias: false);
        foreach (var input in inputs)
        {
            if (folding.FindShortcut(input.Value) is { } factors)
            {
                plan.AddTensor(QuantizedNames.NameSmoothing(input.Value), OnnxType.Float16, [input.Channels], writer => writer.WriteValues(factors));
            }
        }

        return plan;
    }

    private static void AddFolded(WeightPlan plan, StoredTensor tensor, FactorFolding folding)
    {
        var dims = tensor.Shape is [var columns, var rows] ? [rows, columns] : tensor.Shape;
        plan.AddTensor(tensor.Name, OnnxType.Float16, dims, writer =>
        {
            var values = folding.ReadFolded(tensor);
            writer.WriteValues(dims.Length == 1 ? values : WeightSources.Transpose<float>(values, (int)dims[1], (int)dims[0]));
        });
    }

    private static void AddMatrix(WeightPlan plan, StoredTensor matrix, FactorFolding folding)
    {
        var (columns, rows) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        var scales = new float[columns];
        plan.AddTensor(matrix.Name, OnnxType.Int8, [rows, columns], writer =>
        {
            var values = folding.ReadFolded(matrix);
            WeightsFileWriter.RequireFinite(matrix.Name, values);
            var levels = new sbyte[values.Length];
            ChannelQuantizer.QuantizeRows(values, rows, levels, scales);
            writer.WriteRaw(MemoryMarshal.AsBytes(WeightSources.Transpose<sbyte>(levels, columns, rows).AsSpan()));
        });
        plan.AddTensor(QuantizedNames.NameScale(matrix.Name), OnnxType.Float16, [columns], writer => writer.WriteValues(scales));
    }
}
