namespace Reranker.Inference.Engines;

/// <summary>Runs batches one after another; used by one thread.</summary>
public interface IEngineLane : IDisposable
{
    /// <summary>
    /// Scores the pairs. Ids include the special tokens and are already checked against the vocabulary and the limits.
    /// A pair's logit does not depend on the other pairs of the batch.
    /// </summary>
    /// <param name="pairs">Token ids of each pair.</param>
    /// <param name="logits">One logit a pair; NaN where inference gave none.</param>
    /// <exception cref="EngineException">The batch could not be run.</exception>
    void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits);
}
