using Reranker.Administration;
using Reranker.Models;
using Reranker.Quotas;

namespace Reranker.Client.Connection;

/// <summary>Shows the cluster's admin secret with the commands of <see cref="IModelAdmin"/> and where limits are shared out, and with no other call.</summary>
internal sealed class ModelAdminSecretFilter(string secret) : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
        => NeedsSecret(context.Request.GetInterfaceType()) ? InvokeWithSecretAsync(context) : context.Invoke();

    private static bool NeedsSecret(Type type) => type == typeof(IModelAdminGrain) || type == typeof(IQuotaGrain);

    // In a method of its own, whose end takes the secret out of the caller's context again.
    private async Task InvokeWithSecretAsync(IOutgoingGrainCallContext context)
    {
        AdminCredential.AttachSecret(secret);
        await context.Invoke();
    }
}
