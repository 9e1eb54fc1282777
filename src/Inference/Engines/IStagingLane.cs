namespace Reranker.Inference.Engines;

/// <summary>
/// A lane that can lay out a batch's inputs while another lane's run has the device, so that its own run begins with nothing
/// left to prepare.
/// </summary>
public interface IStagingLane : IEngineLane
{
    /// <summary>Writes the inputs of the next run; what was staged before is forgotten.</summary>
    /// <param name="pairs">Token ids of each pair, as for a run.</param>
    /// <exception cref="EngineException">The batch is over the engine's limits.</exception>
    void Stage(ReadOnlySpan<ReadOnlyMemory<int>> pairs);

    /// <summary>Runs what was staged last, once.</summary>
    /// <param name="logits">One logit a pair; NaN where inference gave none.</param>
    /// <exception cref="EngineException">The batch could not be run.</exception>
    void RunStaged(Span<float> logits);
}
