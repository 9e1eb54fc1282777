using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Selection;

/// <summary>A precision of a model and an engine that may run it.</summary>
/// <param name="Model">The model in that precision.</param>
/// <param name="Kind">The engine.</param>
internal sealed record EngineCandidate(ModelFolder Model, EngineKind Kind);
