using Reranker.Workers;

namespace Reranker.Gateway.Tenants;

/// <summary>Whom a key stands for.</summary>
/// <param name="Tenant">Name of the tenant; empty where no keys are needed.</param>
/// <param name="Priority">The highest class that its requests may have.</param>
internal sealed record KeyOwner(string Tenant, WorkPriority Priority)
{
    /// <summary>Everybody, where no keys are needed.</summary>
    public static readonly KeyOwner Anybody = new("", WorkPriority.Normal);
}
