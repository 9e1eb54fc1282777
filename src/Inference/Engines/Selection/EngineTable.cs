using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>
/// Which engine runs which precision of which graphs, fastest first: the one place that says it. On an H100 the packed CUDA graph is
/// faster than a TensorRT engine of the same precision at every shape, and needs no minutes to build; only TensorRT makes INT8 products
/// of a QDQ graph, and only the CUDA engine FP8 ones. Without a packed graph TensorRT has the faster one, and CUDA runs it padded.
/// </summary>
internal static class EngineTable
{
    private static readonly EngineRow[] FastestFirst =
    [
        new(ModelPrecision.Fp8, EngineKind.Cuda, GraphNeed.Packed, EngineUse.Import),
        new(ModelPrecision.Int8Qdq, EngineKind.TensorRt, GraphNeed.None, EngineUse.Serve),
        new(ModelPrecision.Fp16, EngineKind.Cuda, GraphNeed.Packed, EngineUse.Import),
        new(ModelPrecision.Fp16, EngineKind.TensorRt, GraphNeed.None, EngineUse.Import),
        new(ModelPrecision.Fp16, EngineKind.Cuda, GraphNeed.PaddedAlone, EngineUse.Import),
        new(ModelPrecision.Fp32, EngineKind.Cuda, GraphNeed.Packed, EngineUse.Serve),
        new(ModelPrecision.Fp32, EngineKind.TensorRt, GraphNeed.None, EngineUse.Serve),
        new(ModelPrecision.Fp32, EngineKind.Cuda, GraphNeed.PaddedAlone, EngineUse.Serve),
        new(ModelPrecision.Int8, EngineKind.Cuda, GraphNeed.None, EngineUse.Nothing),
        new(ModelPrecision.Int8, EngineKind.TensorRt, GraphNeed.None, EngineUse.Nothing),
        new(ModelPrecision.Int8, EngineKind.Cpu, GraphNeed.None, EngineUse.Import),
        new(ModelPrecision.Fp32, EngineKind.Cpu, GraphNeed.None, EngineUse.Serve),
        new(ModelPrecision.Fp16, EngineKind.Cpu, GraphNeed.None, EngineUse.Serve),
        new(ModelPrecision.Int8Qdq, EngineKind.Cuda, GraphNeed.None, EngineUse.Nothing),
        new(ModelPrecision.Int8Qdq, EngineKind.Cpu, GraphNeed.None, EngineUse.Nothing),

        // FP8 on a CPU is missing: it can be worked out there, slower than FP32, and nobody means that who does not ask for it.
    ];

    /// <summary>Rows for models of several precisions, fastest first.</summary>
    public static IEnumerable<EngineRow> ListServing() => FastestFirst.Where(row => row.Use != EngineUse.Nothing);

    /// <summary>Engines for a model of one precision, fastest first. A kind that no provider serves is still tried, so that its absence is told.</summary>
    public static EngineKind[] ListKinds(string precision, bool hasPacked)
        => [.. FastestFirst.Where(row => row.Precision.Name == precision && row.Fits(hasPacked)).Select(row => row.Kind)];

    /// <summary>What a model should be imported in, where these engines are there: the fastest, behind the one it falls back to.</summary>
    /// <param name="kinds">The engines that are there.</param>
    /// <param name="hasPacked">Whether the model will have a packed graph.</param>
    /// <param name="hasFp8">Whether the GPUs make FP8 products.</param>
    public static IReadOnlyList<ModelPrecision> ListImported(IReadOnlyCollection<EngineKind> kinds, bool hasPacked, bool hasFp8)
    {
        var rows = FastestFirst.Where(row => row.Use == EngineUse.Import && kinds.Contains(row.Kind) && row.Fits(hasPacked) && (hasFp8 || row.Precision != ModelPrecision.Fp8)).ToList();
        return rows.Find(row => row.Kind == rows[0].Kind && !row.Precision.IsQuantized) is { } exact && exact != rows[0]
            ? [exact.Precision, rows[0].Precision]
            : [rows[0].Precision];
    }
}

/// <summary>That an engine runs a precision.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Kind">The engine.</param>
/// <param name="Need">Of which models.</param>
/// <param name="Use">What follows from it where nobody chooses.</param>
internal sealed record EngineRow(ModelPrecision Precision, EngineKind Kind, GraphNeed Need, EngineUse Use)
{
    /// <summary>True for models with a packed graph, or for those without.</summary>
    public bool Fits(bool hasPacked) => Need == GraphNeed.None || hasPacked == (Need == GraphNeed.Packed);
}

/// <summary>Which graphs a model must have.</summary>
internal enum GraphNeed
{
    /// <summary>Any.</summary>
    None,

    /// <summary>A packed one.</summary>
    Packed,

    /// <summary>None but the padded one.</summary>
    PaddedAlone,
}

/// <summary>What a row is used for where nobody chooses.</summary>
internal enum EngineUse
{
    /// <summary>Nothing: it is tried where a model has no other precision.</summary>
    Nothing,

    /// <summary>Serving a model that has it.</summary>
    Serve,

    /// <summary>That, and importing models in it.</summary>
    Import,
}
