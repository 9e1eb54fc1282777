using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>
/// The order in which precisions and engines are tried, fastest first. On an H100 the packed CUDA graph is faster than a TensorRT
/// engine of the same precision at every shape, and needs no minutes to build; only TensorRT makes INT8 products of a QDQ graph,
/// and only the CUDA engine FP8 ones.
/// </summary>
internal static class EngineCandidates
{
    private static readonly (ModelPrecision Precision, EngineKind Kind)[] FastestFirst =
    [
        (ModelPrecision.Fp8, EngineKind.Cuda),
        (ModelPrecision.Int8Qdq, EngineKind.TensorRt),
        (ModelPrecision.Fp16, EngineKind.Cuda),
        (ModelPrecision.Fp16, EngineKind.TensorRt),
        (ModelPrecision.Fp32, EngineKind.Cuda),
        (ModelPrecision.Fp32, EngineKind.TensorRt),
        (ModelPrecision.Int8, EngineKind.Cpu),
        (ModelPrecision.Fp32, EngineKind.Cpu),
        (ModelPrecision.Fp16, EngineKind.Cpu),
    ];

    /// <summary>Engines for a model of one precision. A kind that no provider serves is still tried, so that its absence is told.</summary>
    public static EngineKind[] ListKinds(string precision) => precision switch
    {
        ModelManifest.Int8Qdq => [EngineKind.TensorRt, EngineKind.Cuda, EngineKind.Cpu],

        // A CPU can work FP8 out as well, slower than FP32: nobody means that who does not ask for it.
        _ when precision == ModelPrecision.Fp8.Name => [EngineKind.Cuda],
        _ => [EngineKind.Cuda, EngineKind.TensorRt, EngineKind.Cpu],
    };

    /// <summary>The same for a model that has forms of its own: without a packed one TensorRT has the faster graph.</summary>
    public static EngineKind[] ListKinds(ModelManifest model)
        => PaddedCudaModels.Holds(model) ? [EngineKind.TensorRt, EngineKind.Cuda, EngineKind.Cpu] : ListKinds(model.Precision);

    /// <summary>What to try for a model, in this order.</summary>
    /// <param name="model">The model; of several precisions those are tried that are known to rank well.</param>
    /// <param name="engine">The engine that was asked for.</param>
    /// <param name="reasons">Receives why a precision is not tried.</param>
    public static EngineCandidate[] List(ModelFolder model, EngineKind engine, List<string> reasons)
    {
        var precisions = model.ListPrecisions();
        if (precisions is [var one])
        {
            return [.. (engine == EngineKind.Auto ? ListKinds(one.Manifest) : [engine]).Select(kind => new EngineCandidate(one, kind))];
        }

        var chosen = new List<ModelFolder>();
        foreach (var precision in precisions)
        {
            if (FindRefusal(precision.Manifest) is { } refusal)
            {
                reasons.Add($"{precision.Manifest.Precision} {refusal}");
            }
            else
            {
                chosen.Add(precision);
            }
        }

        return engine == EngineKind.Scripted
            ? [.. chosen.Take(1).Select(m => new EngineCandidate(m, engine))]
            : [.. from fastest in FastestFirst
                  where engine == EngineKind.Auto || engine == fastest.Kind
                  from precision in chosen
                  where precision.Manifest.Precision == fastest.Precision.Name
                  select new EngineCandidate(precision, fastest.Kind)];
    }

    /// <summary>Why a precision is not chosen unless it is named, as a clause; null when it may be.</summary>
    private static string? FindRefusal(ModelManifest manifest) => manifest switch
    {
        _ when !ModelPrecision.Parse(manifest.Precision).IsQuantized => null,
        { HasPlaceholderScales: true } => "is not chosen, because its activation scales are placeholders",
        { Gate: null } => "is not chosen, because nobody compared how it ranks when the model was imported",
        { Gate.HasPassed: false } => $"is not chosen, because it does not rank as FP32 does: {manifest.Gate}",
        _ => null,
    };
}
