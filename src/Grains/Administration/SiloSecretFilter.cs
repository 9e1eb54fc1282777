using Reranker.Administration;

namespace Reranker.Grains.Administration;

/// <summary>Shows the cluster's admin secret with every call of this process that another silo's <see cref="AdminGate"/> would judge.</summary>
internal sealed class SiloSecretFilter(AdminAccess access) : IOutgoingGrainCallFilter
{
    /// <inheritdoc/>
    public Task Invoke(IOutgoingGrainCallContext context)
        => access.Secret is { } secret && !OpenCalls.NeedsNoSecret(context.Request.GetInterfaceType()) && !context.TargetId.IsSystemTarget()
            ? InvokeWithSecretAsync(context, secret)
            : context.Invoke();

    // In a method of its own, whose end takes the secret out of the caller's context again.
    private static async Task InvokeWithSecretAsync(IOutgoingGrainCallContext context, string secret)
    {
        AdminCredential.AttachSecret(secret);
        await context.Invoke();
    }
}
