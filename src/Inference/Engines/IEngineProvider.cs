using Reranker.Inference.Models;

namespace Reranker.Inference.Engines;

/// <summary>Loads models with one kind of engine.</summary>
public interface IEngineProvider
{
    /// <summary>The kind.</summary>
    EngineKind Kind { get; }

    /// <summary>
    /// Loads the model, checks it against its probes, and measures what batches cost. Returns when it is ready for work.
    /// </summary>
    /// <exception cref="EngineUnavailableException">The engine does not work here; another kind may.</exception>
    /// <exception cref="ModelFolderException">The model's files are wrong; no other kind of engine is tried.</exception>
    IInferenceEngine Load(EngineRequest request);
}
