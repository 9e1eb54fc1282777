using Microsoft.Extensions.Logging;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;
using Reranker.Models;
using Reranker.Quotas;

namespace Reranker.Grains.Administration;

/// <summary>
/// Stands before every call that reaches this silo. A silo's gateway port takes calls of whoever connects, so administration
/// demands the cluster's admin secret: models, Orleans' own management, and whatever else is no <see cref="OpenCalls"/>. Gateways share
/// out the limits of tenants with the secret where there is one, and without where there is none.
/// </summary>
internal sealed partial class AdminGate(AdminAccess access, TimeProvider time, ILogger<AdminGate> logger) : IIncomingGrainCallFilter
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long? _logged;
    private int _refused;

    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        var type = context.Request.GetInterfaceType();
        if (OpenCalls.NeedsNoSecret(type) || (type == typeof(IQuotaGrain) && !access.HasSecret))
        {
            return context.Invoke();
        }

        if (context.TargetId.IsSystemTarget())
        {
            // Silos call each other's runtime without a secret of ours; a client has nothing to do there.
            return !IsOutside(context.SourceId) || OpenCalls.IsManifest(type) ? context.Invoke() : InvokeIfAuthorizedAsync(context, type);
        }

        return type == typeof(ISiloWorkersGrain) ? InvokeHidingDirectivesAsync(context) : InvokeIfAuthorizedAsync(context, type);
    }

    private Task InvokeIfAuthorizedAsync(IIncomingGrainCallContext context, Type type)
    {
        if (access.FindRefusal() is not { } refusal)
        {
            return context.Invoke();
        }

        ReportRefusal(type, context.SourceId);
        if (type != typeof(IModelAdminGrain))
        {
            throw new UnauthorizedAccessException(refusal);
        }

        // A value: callers of any release know what to do with a reply that is not Done.
        context.Result = new ModelAdminReply { Outcome = ModelAdminOutcome.Forbidden, Error = refusal };
        return Task.CompletedTask;
    }

    // Silos of an earlier release ask without a secret and must learn of the workers. The folders of models are for others.
    private async Task InvokeHidingDirectivesAsync(IIncomingGrainCallContext context)
    {
        var isAdmin = access.FindRefusal() is null;
        await context.Invoke();
        if (!isAdmin && context.Result is SiloDescription description)
        {
            context.Result = description with { Directives = null };
        }
    }

    // The client inside a silo has a key of its own. Whoever forges that is a case for closed ports and certificates.
    private static bool IsOutside(GrainId? source)
        => source is { } id && id.IsClient() && id.Key.ToString()?.StartsWith("hosted-", StringComparison.Ordinal) != true;

    private void ReportRefusal(Type type, GrainId? source)
    {
        int refused;
        lock (_lock)
        {
            _refused++;
            if (_logged is { } last && time.GetElapsedTime(last) < LogInterval)
            {
                return;
            }

            _logged = time.GetTimestamp();
            (refused, _refused) = (_refused, 0);
        }

        LogRefused(refused, type.Name, source?.ToString() ?? "somebody");
    }

    [LoggerMessage(
        GrainsEventIds.AdminRefused,
        LogLevel.Warning,
        "{Refused} calls are refused because they do not show the cluster's admin secret, the last one of {Interface} by {Source}")]
    private partial void LogRefused(int refused, string @interface, string source);
}
