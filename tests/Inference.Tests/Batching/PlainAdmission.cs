using Reranker.Inference.Batching;

namespace Reranker.Inference.Tests.Batching;

/// <summary>What <see cref="AdmissionCheck"/> decides, as one would write it without a thought of time: every sum over everybody, every time.</summary>
internal sealed class PlainAdmission(TenantOrder tenants, ArrivalRates rates, ArrivalRates smallRates, DeviceForecast device, long now, long batch)
{
    /// <summary>The requests whose promise the last work breaks.</summary>
    public List<RequestFlow> Broken { get; } = [];

    public Verdict Of(QueuedItem work, double allowed)
    {
        Broken.Clear();
        var (tenant, request, tokens) = (work.Item.Tenant, work.Item.RequestId, work.WaitingTokens);
        var own = tenants.FindFlow(tenant)?.Requests;
        var siblings = own?.Waiting.ToArray().Where(f => f.Key != request).ToArray() ?? [];
        var already = own?.CountWaitingTokens(request) ?? 0;
        var isSmall = already + tokens <= batch;
        var place = own?.PredictPlace(request, tokens, work.LatestStart) ?? default;
        if (isSmall)
        {
            place = StandBack(siblings, work, place, already, allowed);
        }

        var isAhead = siblings.Select(f => f.Place.CompareTo(place) <= 0).ToArray();
        var before = already + siblings.Where((_, i) => isAhead[i]).Sum(f => f.WaitingTokens);
        var overtaking = isSmall ? 0 : 0.25 * smallRates.FindRate(tenant, now) * allowed;
        if (!Ends(tenant, before + overtaking, tokens, allowed))
        {
            return Verdict.Late;
        }

        for (var i = isAhead.Count(ahead => ahead); i < siblings.Length; i++)
        {
            before += siblings[i].WaitingTokens;
            if (!IsEndangered(tenant, siblings[i], before, tokens))
            {
                continue;
            }

            if (!isSmall || siblings[i].Size <= batch)
            {
                return Verdict.Delays;
            }

            Broken.Add(siblings[i]);
        }

        return isAhead.All(ahead => ahead) ? Verdict.FitsBehind : Broken.Count > 0 ? Verdict.FitsAndBreaks : Verdict.FitsBetween;
    }

    private RequestOrder.Place StandBack(RequestFlow[] siblings, QueuedItem work, RequestOrder.Place place, long already, double allowed)
    {
        var behind = siblings.Where(f => place.CompareTo(f.Place) <= 0).ToArray();
        var before = already + siblings.Except(behind).Sum(f => f.WaitingTokens);
        for (var i = behind.Length; i > 0; i--)
        {
            var passed = behind[..i].Sum(f => f.WaitingTokens);
            if (passed <= batch
                && behind[i - 1].Size > batch
                && IsEndangered(work.Item.Tenant, behind[i - 1], before + passed, work.WaitingTokens)
                && Ends(work.Item.Tenant, before + passed, work.WaitingTokens, allowed))
            {
                return place with { Round = behind[i - 1].Place.Round + 1 };
            }
        }

        return place;
    }

    private bool Ends(string tenant, double before, long tokens, double allowed)
        => before + Others(tenant, before + tokens, allowed) <= 0.9 * device.PredictTokens(allowed);

    private bool IsEndangered(string tenant, RequestFlow flow, long before, long tokens)
    {
        var left = flow.Deadline - now - device.InFlightMicroseconds;
        var isLost = left <= 0 || 0.9 * before > device.PredictTokens(left);
        return !isLost && before + tokens + batch + Others(tenant, before + tokens, left) > 0.95 * device.PredictTokens(left);
    }

    private double Others(string tenant, double ofTenant, double microseconds)
        => tenants.Flows.Select(f => f.Key).Union(rates.Tenants).Where(key => key != tenant)
            .Sum(key => Math.Min((tenants.FindFlow(key)?.WaitingTokens ?? 0) + (rates.FindRate(key, now) * microseconds), ofTenant + batch));

    /// <summary>Too late itself, too late for others, or fit: behind all requests of its tenant, or before some, or at the cost of some.</summary>
    internal enum Verdict
    {
        Late,
        Delays,
        FitsBehind,
        FitsBetween,
        FitsAndBreaks,
    }
}
