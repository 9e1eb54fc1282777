using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Reranker.Budgets;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Models;
using Reranker.Gateway.Tenants;

namespace Reranker.Gateway.Admission;

/// <summary>
/// Refuses at once what a tenant's own work, or what the fleet has just answered to that tenant, makes impossible: a client
/// that is told so within a millisecond can go elsewhere, one that waits for its deadline cannot. It does not judge by what
/// others have in progress, nor by how long the fleet's queues are: whose turn comes when is the worker's to say, and a flood
/// of one must not close the door to another.
/// </summary>
internal sealed class AdmissionController(IOptions<GatewayOptions> options, TokenQuotas quotas, TimeProvider time)
{
    private static readonly TimeSpan MinRetryAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromSeconds(60);

    // More than will ever be in progress, and small enough to be multiplied.
    private const long Unbounded = long.MaxValue / 16;

    // A request that would take more than this share of its time is searched for equal passages.
    private const double CloseToItsDeadline = 0.25;

    private readonly TenantBudget _tokens = new(options.Value.MaxTokensInFlight is > 0 and var max ? max : Unbounded);

    // Tenants are named by operators, and so are the models of a fleet; other names of models share one entry.
    private readonly ConcurrentDictionary<(string Tenant, string Model), TenantBacklog> _backlogs = new();

    /// <summary>Estimated tokens of the admitted requests that are not finished.</summary>
    public long TokensInFlight => _tokens.Held;

    /// <summary>Admits a request, or says why not.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="model">What it asks for.</param>
    /// <param name="estimate">What it will cost.</param>
    /// <param name="remaining">Time it has left.</param>
    /// <param name="refusal">Why it is refused; null when it is admitted.</param>
    /// <returns>The lease of an admitted request, null of a refused one.</returns>
    public AdmissionLease? TryAdmit(string tenant, ModelCapacity model, TokenEstimate estimate, TimeSpan remaining, out GatewayError? refusal)
    {
        var known = model.MaxPairTokens is null ? "" : model.Key;
        var backlog = _backlogs.GetOrAdd((tenant, known), static (_, time) => new TenantBacklog(time), time);
        refusal = FindDeadlineRefusal(backlog, model, estimate, remaining) ?? FindRecentRefusal(backlog, model, estimate, remaining);
        if (refusal is not null || TakeTokens(tenant, model, estimate, out refusal) is not { } tokens)
        {
            return null;
        }

        var quota = quotas.FindQuota(tenant);
        if (quota?.TryEnter(tokens.Held) is { } limit)
        {
            tokens.Dispose();
            refusal = new GatewayError(GatewayErrorKind.Quota, limit.Reason, RetryAfter: limit.RetryAfter);
            return null;
        }

        return backlog.Add(tokens, estimate.Characters, quota);
    }

    // A tenant with nothing in progress is never refused here: only the estimate would speak against it, and no reply would ever
    // correct that estimate.
    private static GatewayError? FindDeadlineRefusal(TenantBacklog backlog, ModelCapacity model, TokenEstimate estimate, TimeSpan remaining)
    {
        var finish = FindMinSeconds(backlog, model, estimate.Tokens);
        if (finish > remaining.TotalSeconds * CloseToItsDeadline)
        {
            finish = FindMinSeconds(backlog, model, estimate.CountEqualPassagesOnce());
        }

        return finish <= remaining.TotalSeconds
            ? null
            : CreateBusy(
                $"With what is in progress for this caller the request would take about {Math.Ceiling(finish * 1000):0} ms, longer than its deadline allows.",
                finish - remaining.TotalSeconds);
    }

    // Applies only while the tenant has something in progress, so that an idle fleet is always asked, and only to known models:
    // unknown ones share one entry.
    private static GatewayError? FindRecentRefusal(TenantBacklog backlog, ModelCapacity model, TokenEstimate estimate, TimeSpan remaining) =>
        model.MaxPairTokens is not null
        && backlog.IsAnyInProgress
        && backlog.Refusals.FindRetryAfter(RoundUp(estimate.Tokens), estimate.Characters, remaining) is not null
        && backlog.Refusals.FindRetryAfter(RoundUp(estimate.CountEqualPassagesOnce()), estimate.Characters, remaining) is { } retryAfter
            ? CreateBusy("The fleet has just refused a request of this caller that was no larger and had as much time.", retryAfter.TotalSeconds)
            : null;

    // Seconds until the request ends if the fleet did nothing but the tenant's work; 0 where that is not known.
    private static double FindMinSeconds(TenantBacklog backlog, ModelCapacity model, double tokens) =>
        model.TokensPerSecond > 0 && backlog.CountTokensAhead(tokens, model.ReadyWorkers) is > 0 and var ahead
            ? (ahead + tokens) / model.TokensPerSecond
            : 0;

    private BudgetLease? TakeTokens(string tenant, ModelCapacity model, TokenEstimate estimate, out GatewayError? refusal)
    {
        refusal = null;
        var lease = _tokens.OpenLease(tenant);
        if (lease.TryGrow(RoundUp(estimate.Tokens)) || lease.TryGrow(RoundUp(estimate.CountEqualPassagesOnce())))
        {
            return lease;
        }

        var seconds = model.TokensPerSecond > 0 ? estimate.Tokens / model.TokensPerSecond : 1;
        refusal = CreateBusy("The gateway has as many tokens in progress as it may have.", seconds);
        return null;
    }

    private static long RoundUp(double tokens) => (long)Math.Ceiling(tokens);

    private static GatewayError CreateBusy(string message, double retryAfterSeconds) => new(
        GatewayErrorKind.Busy,
        message,
        RetryAfter: TimeSpan.FromSeconds(Math.Clamp(retryAfterSeconds, MinRetryAfter.TotalSeconds, MaxRetryAfter.TotalSeconds)));
}
