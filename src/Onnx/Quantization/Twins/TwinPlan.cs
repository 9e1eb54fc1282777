using System.Numerics.Tensors;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Folding;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Twins;

/// <summary>
/// The weights of all twins of a checkpoint in one file: as they are, and behind that, for every variant, what it rounds or folds. A
/// twin is then a graph of a few kilobytes.
/// </summary>
internal static class TwinPlan
{
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="variants">The variants with what each folds.</param>
    public static WeightPlan CreatePlan(Checkpoint checkpoint, IReadOnlyDictionary<TwinVariant, FactorFolding> variants)
    {
        var plan = FloatPlan.CreatePlan(checkpoint, OnnxType.Float, foldsValueBias: false);
        foreach (var (variant, folding) in variants)
        {
            foreach (var input in TwinInputs.List(checkpoint.Shape, variant.Format))
            {
                AddRounded(plan, checkpoint, variant, folding, input);
            }
        }

        foreach (var (variant, folding) in variants.DistinctBy(v => v.Key.Smoothing).Where(v => v.Key.Smoothing is not null))
        {
            AddFolded(plan, checkpoint, variant, folding);
        }

        return plan;
    }

    private static void AddRounded(WeightPlan plan, Checkpoint checkpoint, TwinVariant variant, FactorFolding folding, QuantizedInput input)
    {
        foreach (var tensor in input.Modules.Select(m => checkpoint[TensorNames.NameWeight(m)]))
        {
            var (columns, rows) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
            plan.AddTensor(variant.NameRounded(tensor.Name), OnnxType.Float, [rows, columns], writer =>
            {
                var values = folding.ReadFolded(tensor);
                if (variant.Format == QuantizedFormat.Int8)
                {
                    RoundRows(values, rows);
                }
                else
                {
                    // One scale for all that read the value, because they are one product.
                    var largest = input.Modules.Max(m => MathF.Abs(TensorPrimitives.MaxMagnitude<float>(checkpoint[TensorNames.NameWeight(m)].ReadAll())));
                    RoundAll(values, variant.Format, largest == 0 ? 1 : largest / variant.Format.MaxLevel);
                }

                writer.WriteValues(WeightSources.Transpose<float>(values, columns, rows));
            });
        }
    }

    private static void AddFolded(WeightPlan plan, Checkpoint checkpoint, TwinVariant variant, FactorFolding folding)
    {
        foreach (var (name, shape) in checkpoint.ListTensors().Where(t => folding.IsFolded(t.Name)))
        {
            var dims = shape is [var columns, var rows] ? [rows, columns] : shape;
            plan.AddTensor(variant.NameFolded(name), OnnxType.Float, dims, writer =>
            {
                var values = folding.ReadFolded(checkpoint[name]);
                writer.WriteValues(dims.Length == 1 ? values : WeightSources.Transpose<float>(values, (int)dims[1], (int)dims[0]));
            });
        }

        foreach (var input in TwinInputs.List(checkpoint.Shape, variant.Format))
        {
            if (folding.FindShortcut(input.Value) is { } factors)
            {
                plan.AddTensor(variant.NameFolded(QuantizedNames.NameSmoothing(input.Value)), OnnxType.Float, [input.Channels], writer => writer.WriteValues(factors));
            }
        }
    }

    // As StaticInt8Plan stores them: the scale is an FP16 number.
    private static void RoundRows(float[] values, int width)
    {
        var (levels, scales) = (new sbyte[values.Length], new float[values.Length / width]);
        ChannelQuantizer.QuantizeRows(values, width, levels, scales);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = levels[i] * (float)(Half)scales[i / width];
        }
    }

    private static void RoundAll(float[] values, QuantizedFormat format, float scale)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = format.RoundToLevel(values[i] / scale) * scale;
        }
    }
}
