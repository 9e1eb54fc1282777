using Reranker.ServiceDefaults.Clustering.Membership;

namespace Reranker.Silo.Hosting;

/// <summary>What a process with a silo returns beside 0.</summary>
public static class SiloExitCodes
{
    /// <summary>It lost its devices; a new process may have them back.</summary>
    public const int DeviceLost = 3;

    /// <summary>The other silos have declared it dead; a new process joins them again.</summary>
    public const int DeclaredDead = ClusterExitCodes.DeclaredDead;
}
