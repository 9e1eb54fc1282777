namespace Reranker.ServiceDefaults.Health;

/// <summary>Which question a health check answers.</summary>
public static class HealthTags
{
    /// <summary>Is the process alive? Purely local: a check that fails here gets the process restarted.</summary>
    public const string Live = "live";

    /// <summary>Should it get traffic now?</summary>
    public const string Ready = "ready";
}
