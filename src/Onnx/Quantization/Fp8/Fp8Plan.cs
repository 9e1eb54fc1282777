using Reranker.Onnx.Families.XlmRoberta;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Quantization.Fp8;

/// <summary>
/// The weights of an FP8 model: the matrices of the encoder in e4m3, stored [out, in] because FP8 products read both sides along
/// the sum; query, key and value of a layer one behind another as one matrix. The classifier is FP32, all else FP16.
/// </summary>
internal static class Fp8Plan
{
    /// <summary>Plans the weights.</summary>
    public static WeightPlan CreatePlan(Checkpoint checkpoint, Fp8Scales scales, SharedWeights? shared = null)
    {
        var jointOf = Enumerable.Range(0, checkpoint.Shape.Layers).ToDictionary(l => TensorNames.NameWeight(XlmRobertaTensors.NameQuery(l)));
        var modules = Fp8Inputs.ListInputs(checkpoint.Shape).SelectMany(i => i.Modules).ToDictionary(TensorNames.NameWeight);
        return FloatPlan.CreatePlan(checkpoint, OnnxType.Float16, AddInstead, shared, foldsValueBias: false);

        bool AddInstead(WeightPlan plan, StoredTensor tensor)
        {
            if (!modules.TryGetValue(tensor.Name, out var module))
            {
                return false;
            }

            // Keys and values come with their queries.
            if (jointOf.TryGetValue(tensor.Name, out var layer))
            {
                AddProjections(plan, checkpoint, layer, scales);
            }
            else if (!plan.Layout.Contains(tensor.Name))
            {
                plan.AddTensor(tensor.Name, OnnxType.Float8E4M3, tensor.Shape, writer => WriteMatrix(writer, tensor, scales.FindWeightScale(module)));
            }

            return true;
        }
    }

    private static void AddProjections(WeightPlan plan, Checkpoint checkpoint, int layer, Fp8Scales scales)
    {
        var modules = Fp8Inputs.ListProjections(layer);
        var hidden = checkpoint.Shape.Hidden;
        var joint = TensorNames.NameWeight(XlmRobertaTensors.NameQueryKeyValue(layer));
        plan.AddTensor(joint, OnnxType.Float8E4M3, [modules.Length * hidden, hidden], writer =>
        {
            foreach (var module in modules)
            {
                WriteMatrix(writer, checkpoint[TensorNames.NameWeight(module)], scales.FindWeightScale(module));
            }
        });
        for (var i = 0; i < modules.Length; i++)
        {
            plan.Layout.AddView(TensorNames.NameWeight(modules[i]), plan.Layout[joint], (long)i * hidden * hidden, hidden, hidden);
        }
    }

    private static void WriteMatrix(WeightsFileWriter writer, StoredTensor matrix, float scale)
    {
        var values = matrix.ReadAll();
        WeightsFileWriter.RequireFinite(matrix.Name, values);
        var codes = new byte[values.Length];
        E4M3.Quantize(values, scale, codes);
        writer.WriteRaw(codes);
    }
}
