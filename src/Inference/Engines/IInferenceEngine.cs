using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines;

/// <summary>
/// One model on one device, loaded and warm: token ids to logits. Weights are in memory once, whatever the number of lanes.
/// </summary>
public interface IInferenceEngine : IDisposable
{
    /// <summary>What it is: provider, device, precision, limits.</summary>
    EngineDescription Description { get; }

    /// <summary>What a batch costs on this device.</summary>
    ICostModel Cost { get; }

    /// <summary>
    /// Creates one lane: the buffers of one run at a time. At most <see cref="EngineDescription.Lanes"/> lanes run at once.
    /// </summary>
    IEngineLane CreateLane();
}
