using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Weights;

namespace Reranker.Onnx.Precisions;

/// <summary>What a recipe works from.</summary>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Reference">The FP32 model of it, which is made when it is first asked for.</param>
/// <param name="Quantization">How static scales are found, where the precision has them.</param>
/// <param name="Shared">Weights that the precisions of a folder have in common; null where there is one precision.</param>
internal sealed record RecipeInputs(Checkpoint Checkpoint, Fp32Reference Reference, QuantizationOptions Quantization, SharedWeights? Shared = null);
