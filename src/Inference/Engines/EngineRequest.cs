using Reranker.Inference.Models;

namespace Reranker.Inference.Engines;

/// <summary>What a provider is asked to load.</summary>
/// <param name="Model">The model.</param>
/// <param name="Options">How.</param>
/// <param name="DeviceOrdinal">Which of the engines of this model, from 0: a place in <see cref="EngineOptions.Devices"/> where that names any.</param>
/// <param name="FallbackReason">Why no faster provider was taken, for the description; null when this one was asked for.</param>
public sealed record EngineRequest(ModelFolder Model, EngineOptions Options, int DeviceOrdinal = 0, string? FallbackReason = null);
