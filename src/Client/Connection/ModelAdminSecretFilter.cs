using Reranker.Administration;
using Reranker.Models;

namespace Reranker.Client.Connection;

/// <summary>Shows the cluster's admin secret with the commands of <see cref="IModelAdmin"/>, and with no other call.</summary>
internal sealed class ModelAdminSecretFilter(string secret) : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
        => context.Request.GetInterfaceType() == typeof(IModelAdminGrain) ? InvokeWithSecretAsync(context) : context.Invoke();

    // In a method of its own, whose end takes the secret out of the caller's context again.
    private async Task InvokeWithSecretAsync(IOutgoingGrainCallContext context)
    {
        AdminCredential.AttachSecret(secret);
        await context.Invoke();
    }
}
