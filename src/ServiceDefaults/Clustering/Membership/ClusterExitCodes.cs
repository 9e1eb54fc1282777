namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>What a process of a cluster returns beside 0, 1 and 2.</summary>
public static class ClusterExitCodes
{
    /// <summary>The other silos have declared this one dead; a new process joins them again.</summary>
    public const int DeclaredDead = 4;
}
