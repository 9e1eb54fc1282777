using Reranker.Inference.Models;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>Builds the file of a graph.</summary>
/// <param name="weights">Places of the weights.</param>
/// <param name="weightsFile">File of the weights, beside the graph.</param>
internal delegate byte[] GraphFileBuilder(WeightsLayout weights, string weightsFile);

/// <summary>A packed graph that a precision has.</summary>
/// <param name="Name">Name of the form in a manifest.</param>
/// <param name="Build">Builds its file.</param>
/// <param name="IsMeasured">True for one that differs from the default in speed alone, and is written on request.</param>
internal sealed record PackedForm(string Name, GraphFileBuilder Build, bool IsMeasured = false)
{
    // Which of its forms the CUDA engine runs in FP16 by default: the one with a joint projection and attention of our own, or the
    // one of ONNX Runtime's attention.
    private const bool JointByDefault = false;

    private const string JointForm = $"{PackedGraph.Form}-joint";
    private const string SeparateForm = $"{PackedGraph.Form}-separate";

    /// <summary>All forms of a float model, the default first.</summary>
    public static IReadOnlyList<PackedForm> ListFloatForms(ModelShape shape, OnnxType type)
    {
        // Products of FP32 are rare and need no speed: operators of ONNX Runtime are enough for them.
        var products = type == OnnxType.Float16 ? PackedProducts.Fused : PackedProducts.Standard;
        var attention = PackedAttentions.CreateWithQueryBias(shape, products);
        byte[] BuildSeparate(WeightsLayout weights, string file) => PackedGraph.Build(shape, type, weights, file, attention, products);
        byte[] BuildJoint(WeightsLayout weights, string file) => JointPackedGraph.Build(shape, weights, file, new HalfPackedSteps(shape));
        PackedForm[] forms = (type, JointByDefault) switch
        {
            (OnnxType.Float16, true) => [new(PackedGraph.Form, BuildJoint), new(SeparateForm, BuildSeparate, IsMeasured: true)],
            (OnnxType.Float16, false) => [new(PackedGraph.Form, BuildSeparate), new(JointForm, BuildJoint, IsMeasured: true)],
            _ => [new(PackedGraph.Form, BuildSeparate)],
        };
        return
        [
            .. forms,
            CreateStandard("standard", PackedAttentions.CreateWithQueryBias(shape, PackedProducts.Standard)),
            CreateStandard("bias", PackedAttentions.CreateWithAllBiases(shape)),
            CreateStandard("fused", PackedAttentions.CreateWithOneProjection(shape)),
        ];

        PackedForm CreateStandard(string name, IPackedAttention said) => new(
            $"{PackedGraph.Form}-{name}",
            (weights, file) => PackedGraph.Build(shape, type, weights, file, said, PackedProducts.Standard),
            IsMeasured: true);
    }
}
