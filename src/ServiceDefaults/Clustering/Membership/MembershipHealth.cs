namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>What is wrong with a silo's membership, for its readiness to say.</summary>
public sealed class MembershipHealth
{
    private volatile string? _loss;
    private volatile string? _clock;

    /// <summary>A sentence on what is wrong; null when nothing is.</summary>
    public string? Fault => _loss ?? _clock;

    /// <summary>Whether this silo's clock is the one that is wrong.</summary>
    internal bool IsClockWrong => _clock is not null;

    /// <summary>Says that the store has lost the cluster, or, with null, that it has it.</summary>
    internal void SetStoreFault(string? fault) => _loss = fault;

    /// <summary>Says that this silo's clock is wrong, or, with null, that it is not known to be.</summary>
    internal void SetClockFault(string? fault) => _clock = fault;
}
