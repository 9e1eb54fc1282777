using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Loading;

/// <summary>An engine that was loaded: nothing about it changes any more but what its cost model learns.</summary>
/// <param name="description">What it is.</param>
/// <param name="warm">What runs.</param>
/// <param name="model">What it runs on; the engine owns it.</param>
internal sealed class LoadedEngine(EngineDescription description, WarmModel warm, IDisposable model) : IInferenceEngine
{
    public EngineDescription Description { get; } = description;

    public ICostModel Cost { get; } = warm.Cost;

    public IEngineLane CreateLane() => warm.CreateLane();

    public void Dispose()
    {
        warm.Prepared?.Dispose();
        model.Dispose();
    }
}
