using Reranker.Inference.Models;
using Reranker.Onnx.Folders;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Static;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>
/// Explicit INT8 for TensorRT, so far with placeholder scales. There is no packed form: the packed operators of the CUDA
/// provider have no INT8 products.
/// </summary>
/// <param name="maxProbedBytes">Largest weights file of which probes are made.</param>
internal sealed class StaticInt8Recipe(long maxProbedBytes) : IPrecisionRecipe
{
    public ModelPrecision Precision => ModelPrecision.Int8Qdq;

    public bool OnePairPerRun => false;

    public ProbeRule Probes { get; } = new(maxProbedBytes, OnBothFusions: true);

    public PrecisionPlan CreatePlan(
        Checkpoint checkpoint, PendingFolder folder, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var scales = ActivationScales.CreatePlaceholders(checkpoint.Shape);
        return new PrecisionPlan(StaticInt8Plan.CreatePlan(checkpoint), new StaticInt8Operators(checkpoint.Shape, scales), scales.Calibration);
    }
}
