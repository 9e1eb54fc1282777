using Reranker.Inference.Batching;

namespace Reranker.Inference.Tests.Batching;

/// <summary>What <see cref="AdmissionCheck"/> decides, as one would write it without a thought of time: every sum over everybody, every time.</summary>
internal sealed class PlainAdmission(TenantOrder tenants, ArrivalRates rates, Admission device, long now, long batch)
{
    public Verdict Of(QueuedWork work, double allowed)
    {
        var (tenant, request, tokens) = (work.Work.Tenant, work.Work.RequestId, work.WaitingTokens);
        var own = tenants.Find(tenant)?.Requests;
        var siblings = own?.Waiting.ToArray().Where(f => f.Key != request).ToArray() ?? [];
        var isAhead = siblings.Select(f => f.Place.CompareTo(own!.PlaceOf(request, tokens, work.LatestStart)) <= 0).ToArray();

        var before = (own?.WaitingTokensOf(request) ?? 0) + siblings.Where((_, i) => isAhead[i]).Sum(f => f.WaitingTokens);
        if (before + Others(tenant, before + tokens, allowed) > 0.9 * device.Tokens(allowed))
        {
            return Verdict.Late;
        }

        for (var i = isAhead.Count(ahead => ahead); i < siblings.Length; i++)
        {
            before += siblings[i].WaitingTokens;
            var left = siblings[i].Deadline - now - device.InFlightMicroseconds;
            var isLost = left <= 0 || 0.9 * before > device.Tokens(left);
            if (!isLost && before + tokens + batch + Others(tenant, before + tokens, left) > 0.95 * device.Tokens(left))
            {
                return Verdict.Delays;
            }
        }

        return isAhead.All(ahead => ahead) ? Verdict.FitsBehind : Verdict.FitsBetween;
    }

    private double Others(string tenant, long ofTenant, double microseconds)
        => tenants.Flows.Select(f => f.Key).Union(rates.Tenants).Where(key => key != tenant)
            .Sum(key => Math.Min((tenants.Find(key)?.WaitingTokens ?? 0) + (rates.Of(key, now) * microseconds), ofTenant + batch));

    /// <summary>Too late itself, too late for others, or fit: behind all requests of its tenant, or before some.</summary>
    internal enum Verdict
    {
        Late,
        Delays,
        FitsBehind,
        FitsBetween,
    }
}
