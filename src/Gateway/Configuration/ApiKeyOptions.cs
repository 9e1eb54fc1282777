using Reranker.Workers;

namespace Reranker.Gateway.Configuration;

/// <summary>One key and whom it stands for. Of the limits that several keys of a tenant name, the smallest counts.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Name of the tenant: the fairness key of its work and a tag of its metrics. Required.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>
    /// The secret, as clients send it after <c>Bearer</c>, at least 16 characters; or its hash, <c>sha256:</c> and 64 hexadecimal digits.
    /// Required.
    /// </summary>
    public string Key { get; set; } = "";

    /// <summary>Tokens a minute the tenant may use, on average over a minute; 0 (default) is no quota.</summary>
    public long TokensPerMinute { get; set; }

    /// <summary>Tokens that the tenant may use at once after a rest; 0 (default) is those of a minute.</summary>
    public long TokenBurst { get; set; }

    /// <summary>Requests that the tenant may have in progress at once; 0 (default) is any number.</summary>
    public int MaxConcurrentRequests { get; set; }

    /// <summary>The class of what this key asks for. A request may ask for a lower one. Default <see cref="WorkPriority.Normal"/>.</summary>
    public WorkPriority Priority { get; set; }
}
