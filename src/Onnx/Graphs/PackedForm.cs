using Reranker.Inference.Models;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Graphs;

/// <summary>Which operators a packed graph is made of.</summary>
/// <param name="Name">Name of the form in a manifest.</param>
/// <param name="Attention">How attention is said.</param>
/// <param name="Products">How matrix products are said.</param>
internal sealed record PackedForm(string Name, IPackedAttention Attention, IPackedProducts Products)
{
    /// <summary>The form that the CUDA engine runs.</summary>
    public static PackedForm CreateDefault(ModelShape shape, OnnxType type)
    {
        // Products of FP32 are rare and need no speed: operators of ONNX Runtime are enough for them.
        var products = type == OnnxType.Float16 ? PackedProducts.Fused : PackedProducts.Standard;
        return new PackedForm(PackedGraph.Form, PackedAttentions.CreateWithQueryBias(shape, products), products);
    }

    /// <summary>Forms that give the same logits and are there to be measured.</summary>
    public static IEnumerable<PackedForm> CreateMeasured(ModelShape shape) =>
    [
        CreateStandard($"{PackedGraph.Form}-standard", PackedAttentions.CreateWithQueryBias(shape, PackedProducts.Standard)),
        CreateStandard($"{PackedGraph.Form}-bias", PackedAttentions.CreateWithAllBiases(shape)),
        CreateStandard($"{PackedGraph.Form}-fused", PackedAttentions.CreateWithOneProjection(shape)),
    ];

    private static PackedForm CreateStandard(string name, IPackedAttention attention) => new(name, attention, PackedProducts.Standard);
}
