namespace Reranker.Inference.Batching;

/// <summary>Foresees when a work item would end: after the items before it in the order of turns, and after what other tenants will have sent.</summary>
/// <param name="tenants">The tenants and what waits of them.</param>
/// <param name="rates">How much tenants send.</param>
/// <param name="smallRates">How much of it is in requests of a batch or less.</param>
/// <param name="others">Scratch space for the sums over the other tenants; nothing in it outlives a check.</param>
/// <param name="broken">Receives the requests whose promise is broken when the work item comes in.</param>
/// <param name="device">The device.</param>
/// <param name="now">The time now.</param>
/// <param name="batch">Tokens of a full batch; tenants that were served so much more or less still count as even.</param>
internal readonly ref struct AdmissionCheck(
    TenantOrder tenants, ArrivalRates rates, ArrivalRates smallRates, OtherTenants others, List<RequestFlow> broken, DeviceForecast device, long now, long batch)
{
    // Nine of ten predicted times err by less than a tenth; work admitted in vain costs more than work refused in vain.
    private const double Certainty = 0.9;

    // Who was admitted with that margin may lose half of it to those who overtake; the time of a batch stays with it, since
    // the batch that has its last pair ends as a whole.
    private const double CertaintyOfAdmitted = 0.95;

    // Of the small requests that its tenant sends in the time a large one has, some come when it has ended already, and some
    // are themselves refused. More would leave devices idle, less would break more promises (docs/simulation.md).
    private const double OvertakingShare = 0.25;

    /// <summary>
    /// True when a work item ends within the time that is allowed for what goes before it, and delays nobody too long. A request
    /// that is larger than a batch has no promise against one that is not: a job that was admitted with its deadline just in
    /// reach would close the door to all others of its tenant for as long as it runs.
    /// </summary>
    /// <param name="work">The work item; gets the round before which it must not have its turn, where there is one.</param>
    /// <param name="allowedMicroseconds">Time that is allowed for what goes before it, in microseconds.</param>
    public bool CanAdmit(QueuedItem work, double allowedMicroseconds)
    {
        var (tenant, request, tokens) = (work.FlowKey, work.Item.RequestId, work.WaitingTokens);
        var own = tenants.FindFlow(tenant) is { WaitingTokens: > 0 } waiting ? waiting.Requests : null;

        // What its request has there already goes with it.
        var already = own?.CountWaitingTokens(request) ?? 0;
        var isSmall = Math.Max(work.Item.RequestTokens, already + tokens) <= batch;

        // A promise to a large request that its tenant's small ones break would be work in vain, so what comes of them is
        // counted before it is given.
        var overtaking = isSmall ? 0 : OvertakingShare * smallRates.FindRate(tenant, now) * allowedMicroseconds;
        if (own is null)
        {
            return EndsInTime(tenant, overtaking, tokens, allowedMicroseconds);
        }

        var place = own.PredictPlace(request, tokens, work.LatestStart);
        if (isSmall)
        {
            place = FindPlaceBehindLarge(own, work, place, already, allowedMicroseconds);
            work.MinRound = place.Round;
        }

        var before = already;
        var isPlaced = false;
        foreach (var flow in own.Waiting)
        {
            if (flow.Key == request)
            {
                continue;
            }

            if (!isPlaced && place.CompareTo(flow.Place) < 0)
            {
                if (!EndsInTime(tenant, before + overtaking, tokens, allowedMicroseconds))
                {
                    return false;
                }

                isPlaced = true;
            }

            before += flow.WaitingTokens;
            if (isPlaced && IsEndangered(flow, before, tokens))
            {
                if (!isSmall || flow.Size <= batch)
                {
                    return false;
                }

                broken.Add(flow);
            }
        }

        return isPlaced || EndsInTime(tenant, before + overtaking, tokens, allowedMicroseconds);
    }

    // A large request whose last batch is near, and that would be late for the new one, goes first where that delays the new
    // one by a batch at most: to overtake it then would throw away all that was scored of it.
    private RequestOrder.Place FindPlaceBehindLarge(RequestOrder own, QueuedItem work, RequestOrder.Place place, long already, double allowed)
    {
        var natural = place;
        long before = already, overtaken = 0;
        foreach (var flow in own.Waiting)
        {
            if (flow.Key == work.Item.RequestId)
            {
                continue;
            }

            before += flow.WaitingTokens;
            if (natural.CompareTo(flow.Place) > 0)
            {
                continue;
            }

            overtaken += flow.WaitingTokens;
            if (overtaken > batch)
            {
                break;
            }

            if (flow.Size <= batch)
            {
                continue;
            }

            others.CollectAllBut(work.FlowKey, tenants, rates, now);
            if (IsEndangered(flow, before, work.WaitingTokens) && EndsInTime(work.FlowKey, before, work.WaitingTokens, allowed))
            {
                place = natural with { Round = flow.Place.Round + 1 };
            }
        }

        return place;
    }

    private bool EndsInTime(string tenant, double before, long tokens, double allowed)
    {
        var room = Certainty * device.PredictTokens(allowed);
        if (before > room)
        {
            return false;
        }

        // Only now, because under overload most are refused above, for what their own tenant has there. The check of those behind,
        // which comes next, needs the sums too.
        others.CollectAllBut(tenant, tenants, rates, now);
        return before + others.SumTokensAhead(allowed, before + tokens + batch) <= room;
    }

    // True when so many more tokens before it make the request late. One that is late without them, by more than predictions err,
    // holds nobody up.
    private bool IsEndangered(RequestFlow flow, long tokens, long more)
    {
        var left = flow.Deadline - now - device.InFlightMicroseconds;
        var room = device.PredictTokens(left);
        if (left <= 0 || Certainty * tokens > room)
        {
            return false;
        }

        // Other tenants get as much as this one. The exact sum is taken only where the bound leaves a doubt: taken for each request
        // that waits, it would cost requests times tenants.
        var part = tokens + more + batch;
        return part + others.EstimateMaxTokensAhead(left, part) > CertaintyOfAdmitted * room
            && part + others.SumTokensAhead(left, part) > CertaintyOfAdmitted * room;
    }
}
