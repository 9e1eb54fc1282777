using Reranker.Client;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Health;
using Reranker.Gateway.Models;
using Reranker.Gateway.Tenants;
using Reranker.Requests;

namespace Reranker.Gateway.Reranking;

/// <summary>
/// Has one call scored: finds its model, admits it and sends it to the cluster. When it has ended, the tenant's quota and the token
/// estimates are corrected by what it cost. The tenant's tokens are held until then.
/// </summary>
internal sealed class CallScorer(
    IReranker reranker,
    PairReranker pairs,
    FleetPoller fleet,
    ModelNames names,
    ModelCapacities capacities,
    TokenEstimator estimator,
    AdmissionController admission,
    UsageBook usage)
{
    /// <summary>Scores a call.</summary>
    /// <param name="call">What to score.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="routeKey">Id of the request.</param>
    /// <param name="remaining">Time it has left.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <param name="tellPart">Takes in scores before all are known; null where the caller waits for the whole.</param>
    public async Task<ValueOrError<RerankResult>> ScoreAsync(
        RerankCall call,
        string tenant,
        string routeKey,
        TimeSpan remaining,
        CancellationToken cancellationToken,
        Action<RerankPart>? tellPart = null)
    {
        var known = fleet.Current;
        var name = names.ResolveName(call.Model, known);
        var model = capacities.FindCapacity(name, known);
        using var lease = admission.TryAdmit(tenant, model, estimator.EstimateTokens(call, tenant, model), remaining, out var refusal);
        if (lease is null)
        {
            BookRefusal(tenant, refusal!);
            return refusal!;
        }

        var options = new RerankOptions
        {
            Model = name,
            Deadline = remaining,
            Truncation = call.Truncation,
            ChunkAtSentences = call.ChunkAtSentences ?? false,
            RouteKey = routeKey,
            Tenant = tenant,
            Priority = call.Priority,
        };
        var response = call.Queries is { } queries
            ? await pairs.TryRerankAsync(queries, call.Passages, options, cancellationToken)
            : tellPart is not null ? await TellPartsAsync(call, options, tellPart, cancellationToken)
            : await reranker.TryRerankAsync(call.Query, call.Passages, options, cancellationToken);
        if (!response.IsOk)
        {
            SettleFailure(lease, response, remaining);
            usage.AddFailed(tenant);
            return ModelNames.AddServedNames(GatewayError.FromResponse(response), known);
        }

        lease.SetUsedTokens(response.Result.Usage.Tokens);
        usage.AddScored(tenant, call.Passages.Length, response.Result.Usage.Tokens);
        estimator.LearnFromUsage(call, tenant, model, response.Result.Usage);
        return response.Result;
    }

    // Whoever is told takes parts in at once, so that a caller who is slow to read them holds neither quota nor permit.
    private async Task<RerankResponse> TellPartsAsync(
        RerankCall call, RerankOptions options, Action<RerankPart> tellPart, CancellationToken cancellationToken)
    {
        RerankResponse? response = null;
        await foreach (var part in reranker.TryRerankInPartsAsync(call.Query, call.Passages, options, cancellationToken))
        {
            tellPart(part);
            response = part.Response;
        }

        return response ?? throw new InvalidOperationException("The parts of a request ended without its response.");
    }

    private void BookRefusal(string tenant, GatewayError refusal)
    {
        if (refusal.Kind == GatewayErrorKind.Quota)
        {
            usage.AddRefused(tenant);
        }
        else
        {
            usage.AddFailed(tenant);
        }
    }

    private static void SettleFailure(AdmissionLease lease, RerankResponse response, TimeSpan remaining)
    {
        if (response.Outcome != RerankOutcome.Expired)
        {
            // A request that was refused or failed costs nothing. One that its deadline or its caller cut off was work all the same.
            lease.SetUsedTokens(0);
        }

        if (response.Outcome == RerankOutcome.Busy)
        {
            lease.KeepRefusal(remaining, response.RetryAfter);
        }
    }
}
