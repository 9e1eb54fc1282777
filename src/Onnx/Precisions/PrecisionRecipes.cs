using Reranker.Inference.Models;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>The recipes of all precisions. A new precision is a value in <see cref="ModelPrecision"/> and a recipe here.</summary>
internal static class PrecisionRecipes
{
    // Beyond this many bytes of FP16 weights the CPU provider, which has no FP16 product, widens more than an import may take.
    private const long MaxProbedHalfBytes = 128L << 20;

    private static readonly IPrecisionRecipe[] All =
    [
        new FloatRecipe(ModelPrecision.Fp32, OnnxType.Float, long.MaxValue),
        new FloatRecipe(ModelPrecision.Fp16, OnnxType.Float16, MaxProbedHalfBytes),
        new Fp8Recipe(),
        new DynamicInt8Recipe(),
        new StaticInt8Recipe(MaxProbedHalfBytes),
    ];

    /// <summary>The recipe of a precision.</summary>
    public static IPrecisionRecipe Find(ModelPrecision precision) => All.Single(r => r.Precision == precision);
}
