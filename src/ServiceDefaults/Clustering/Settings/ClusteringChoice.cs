namespace Reranker.ServiceDefaults.Clustering.Settings;

/// <summary>The kind of clustering; configuration section <c>Reranker</c>.</summary>
public sealed class ClusteringChoice
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Reranker";

    /// <summary>How silos and clients find each other. Default in process.</summary>
    public ClusteringKind Clustering { get; set; } = ClusteringKind.InProcess;
}
