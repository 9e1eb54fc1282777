namespace Reranker.Inference.Batching;

/// <summary>One pair of a queued work.</summary>
/// <param name="Work">The work.</param>
/// <param name="Index">Which of its pairs.</param>
internal readonly record struct QueuedPair(QueuedWork Work, int Index)
{
    public int Length => Work.PairLength(Index);

    public ReadOnlyMemory<int> Ids => Work.PairIds(Index);
}
