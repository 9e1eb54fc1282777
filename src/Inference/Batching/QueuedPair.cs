namespace Reranker.Inference.Batching;

/// <summary>One pair of a queued work.</summary>
/// <param name="Owner">The work.</param>
/// <param name="Index">Which of its pairs.</param>
internal readonly record struct QueuedPair(QueuedItem Owner, int Index)
{
    public int Length => Owner.CountPairTokens(Index);

    public ReadOnlyMemory<int> Ids => Owner.GetPairIds(Index);
}
