using Reranker.Inference.Graphs;
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
    /// <summary>True for models that have packed graphs.</summary>
    public static bool IsFor(ModelShape shape) => shape.Rotary is null || RotaryPackedGraph.IsFor(shape);

    private const string JointForm = $"{PackedGraph.Form}-joint";

    /// <summary>All forms of a float model, the default first.</summary>
    public static IReadOnlyList<PackedForm> ListFloatForms(ModelShape shape, OnnxType type)
    {
        // Rotary positions and windows are in the engine's own attention alone.
        if (shape.Rotary is not null)
        {
            return type == OnnxType.Float16 && RotaryPackedGraph.IsFor(shape)
                ? [new(PackedGraph.Form, (weights, file) => RotaryPackedGraph.Build(shape, weights, file, new HalfPackedSteps(shape)))]
                : [];
        }

        // Products of FP32 are rare and need no speed: operators of ONNX Runtime are enough for them.
        var products = type == OnnxType.Float16 ? PackedProducts.Fused : PackedProducts.Standard;
        var attention = PackedAttentions.CreateWithQueryBias(shape, products);
        byte[] BuildSeparate(WeightsLayout weights, string file) => PackedGraph.Build(shape, type, weights, file, attention, products);
        byte[] BuildJoint(WeightsLayout weights, string file) => JointPackedGraph.Build(shape, weights, file, new HalfPackedSteps(shape));
        // A joint projection with attention of our own is faster at every shape, on cards and with heads that have kernels for it.
        PackedForm[] forms = type == OnnxType.Float ? [new(PackedGraph.Form, BuildSeparate)]
            : GraphOperators.AttentionHeadSizes.Contains(shape.Hidden / shape.Heads)
                ? [new(PackedGraph.Form, BuildJoint), new(GraphForms.PackedSeparate, BuildSeparate)]
                : [new(PackedGraph.Form, BuildSeparate), new(JointForm, BuildJoint, IsMeasured: true)];
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
