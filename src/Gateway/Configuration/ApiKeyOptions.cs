namespace Reranker.Gateway.Configuration;

/// <summary>One key and whom it stands for.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Name of the tenant: the fairness key of its work and a tag of its metrics. Required.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>The secret, as clients send it after <c>Bearer</c>. Required, at least 16 characters.</summary>
    public string Key { get; set; } = "";

    /// <summary>Tokens a minute the tenant may use, on average over a minute; 0 (default) is no quota.</summary>
    public long TokensPerMinute { get; set; }
}
