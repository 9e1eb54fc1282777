namespace Reranker.ServiceDefaults.Clustering.Settings;

/// <summary>How silos and clients find each other; configuration key <c>Reranker:Clustering</c>.</summary>
public enum ClusteringKind
{
    /// <summary>One silo in this process, on a free loopback port, without a gateway. Callers are in the same process.</summary>
    InProcess,

    /// <summary>Silos and clients on this machine with fixed ports; the first silo holds the membership.</summary>
    Localhost,

    /// <summary>Membership in Redis.</summary>
    Redis,

    /// <summary>Membership in PostgreSQL.</summary>
    PostgreSql,
}
