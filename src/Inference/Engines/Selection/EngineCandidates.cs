using Reranker.Inference.Engines.Cuda;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>What is tried for a model: its precisions with the engines of <see cref="EngineTable"/>, fastest first.</summary>
internal static class EngineCandidates
{
    /// <summary>Engines for a model of one precision, which has a packed graph if its precision has any.</summary>
    public static EngineKind[] ListKinds(string precision) => EngineTable.ListKinds(precision, hasPacked: true);

    /// <summary>The same for a model that has forms of its own.</summary>
    public static EngineKind[] ListKinds(ModelManifest model) => EngineTable.ListKinds(model.Precision, hasPacked: !PaddedCudaModels.Holds(model));

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
            : [.. from fastest in EngineTable.ListServing()
                  where engine == EngineKind.Auto || engine == fastest.Kind
                  from precision in chosen
                  where precision.Manifest.Precision == fastest.Precision.Name && fastest.Fits(!PaddedCudaModels.Holds(precision.Manifest))
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
