using System.Runtime.InteropServices;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Static;

/// <summary>
/// The weights of <see cref="StaticInt8Operators"/>: its matrices in INT8 with an FP16 scale a column, the classifier in FP32, all
/// else in FP16. They do not depend on the activations' scales.
/// </summary>
internal static class StaticInt8Plan
{
    // The smallest normal FP16 number: a smaller scale loses digits, and TensorRT refuses zero.
    private const float MinScale = 6.2e-5f;

    public static WeightPlan CreatePlan(Checkpoint checkpoint, SharedWeights? shared = null)
    {
        var quantized = QuantizedLinears.ListInputs(checkpoint.Shape).SelectMany(i => i.Modules).Select(TensorNames.NameWeight).ToHashSet();
        return FloatPlan.CreatePlan(checkpoint, OnnxType.Float16, (plan, matrix) =>
        {
            var taken = quantized.Contains(matrix.Name);
            if (taken)
            {
                AddMatrix(plan, matrix);
            }

            return taken;
        }, shared);
    }

    private static void AddMatrix(WeightPlan plan, StoredTensor matrix)
    {
        var (columns, rows) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        var scales = new float[columns];
        plan.AddTensor(matrix.Name, OnnxType.Int8, [rows, columns], writer =>
        {
            // Stored [out, in]: a column of the product lies in one piece.
            var values = matrix.ReadAll();
            WeightsFileWriter.RequireFinite(matrix.Name, values);
            var levels = new sbyte[values.Length];
            for (var column = 0; column < columns; column++)
            {
                scales[column] = ChannelQuantizer.QuantizeChannel(values, column * rows, 1, rows, levels, MinScale);
            }

            var turned = new sbyte[levels.Length];
            WeightSources.TransposeBlock<sbyte>(levels, turned, columns, rows);
            writer.WriteRaw(MemoryMarshal.AsBytes(turned.AsSpan()));
        });
        plan.AddTensor(QuantizedNames.NameScale(matrix.Name), OnnxType.Float16, [columns], writer => writer.WriteValues(scales));
    }
}
