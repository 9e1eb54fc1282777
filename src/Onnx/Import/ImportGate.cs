using Reranker.Inference.Models;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Precisions;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Import;

/// <summary>Looks at how the quantized precisions of a folder in the making rank, in comparison with FP32.</summary>
internal sealed class ImportGate(
    Checkpoint checkpoint,
    Fp32Reference reference,
    int maxPairTokens,
    TimeSpan budget,
    IProgress<ImportProgress>? progress,
    CancellationToken cancellationToken)
{
    private QualityGate? _gate;

    /// <summary>Adds its result to a precision that is quantized and whose scales are no placeholders.</summary>
    public ManifestPrecision AddResult(ManifestPrecision precision, string graphPath)
    {
        if (!ModelPrecision.Parse(precision.Precision).IsQuantized || precision.Calibration == ModelManifest.PlaceholderCalibration)
        {
            return precision;
        }

        progress?.Report(new ImportProgress($"compare {precision.Precision} with fp32", null, 1, 1));
        _gate ??= ScoreReference();
        using var tested = GraphRunner.Load(graphPath, frugal: reference.IsLarge, threads: Environment.ProcessorCount);
        return precision with { Gate = _gate.Compare(tested, budget, cancellationToken) };
    }

    private QualityGate ScoreReference()
    {
        var gate = new QualityGate(checkpoint.Tokenizer, maxPairTokens, TimeProvider.System);
        using var runner = reference.Load();
        gate.ScoreReference(runner, budget, cancellationToken);
        return gate;
    }
}
