namespace Reranker.Grains.Administration;

/// <summary>Who may administer the cluster through this silo.</summary>
public sealed class AdminOptions
{
    /// <summary>
    /// The secret that callers of administration show, the same on all silos of the cluster. Null (default): nobody may, the
    /// silo's own process included.
    /// </summary>
    public string? Secret { get; set; }
}
