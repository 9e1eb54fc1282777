namespace Reranker.Inference.Batching;

/// <summary>What a queue holds at most.</summary>
/// <param name="MaxTokens">Most tokens that wait.</param>
/// <param name="MaxMicroseconds">Longest predicted wait of a new work.</param>
/// <param name="Quantum">Tokens by which flows may differ and still count as even.</param>
internal readonly record struct QueueLimits(long MaxTokens, double MaxMicroseconds, long Quantum)
{
    // A tenant may hold eight times what it leaves free, so one alone gets eight ninths of the room, and whoever comes next
    // always finds some (dynamic thresholds; Choudhury and Hahne, 1998).
    private const int TimesFree = 8;

    /// <summary>True when so many more tokens of a tenant may wait.</summary>
    /// <param name="waiting">Tokens that wait, of everybody.</param>
    /// <param name="tenantWaiting">Tokens of them that are the tenant's.</param>
    /// <param name="tokens">Tokens that came; any number of them may wait alone.</param>
    public bool HasRoom(long waiting, long tenantWaiting, long tokens)
        => waiting == 0 || (tokens <= MaxTokens - waiting && (tenantWaiting == 0 || (tenantWaiting + tokens) / TimesFree <= MaxTokens - waiting));
}
