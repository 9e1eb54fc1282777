using Reranker.Inference.Models;
using Reranker.Onnx.Folders;
using Reranker.Onnx.HuggingFace;
using Reranker.Onnx.Quantization.Ranges;
using Reranker.Onnx.Verification;

namespace Reranker.Onnx.Precisions;

/// <summary>How a model of one precision is made of a checkpoint. All that an import does differently for a precision is here.</summary>
internal interface IPrecisionRecipe
{
    /// <summary>The precision: its name and tolerance.</summary>
    ModelPrecision Precision { get; }

    /// <summary>True when a run may hold one pair only, because activation ranges are taken over the whole run.</summary>
    bool OnePairPerRun { get; }

    /// <summary>Which models of the precision get probes, and how.</summary>
    ProbeRule Probes { get; }

    /// <summary>Decides over weights and operators; calibrates where the precision needs it.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="folder">The folder in the making, for files that calibration needs and removes.</param>
    /// <param name="quantization">How, where the precision has static scales.</param>
    /// <param name="progress">Told of every step, or null.</param>
    /// <param name="cancellationToken">Ends the calibration.</param>
    PrecisionPlan CreatePlan(
        Checkpoint checkpoint, PendingFolder folder, QuantizationOptions quantization, IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken);
}
