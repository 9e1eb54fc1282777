namespace Reranker.Inference.Batching;

/// <summary>Foresees when works end: after what goes before them by the order of turns, and what other tenants will have sent by then.</summary>
/// <param name="tenants">The tenants and what waits of them.</param>
/// <param name="rates">What tenants send.</param>
/// <param name="others">Room for what is looked up of the other tenants; nothing of it is kept from one check to the next.</param>
/// <param name="device">The device.</param>
/// <param name="now">The time now.</param>
/// <param name="batch">Tokens of a full batch; tenants that were served so much more or less still count as even.</param>
internal readonly ref struct AdmissionCheck(
    TenantOrder tenants, ArrivalRates rates, OtherTenants others, Admission device, long now, long batch)
{
    // Nine of ten predicted times err by less than a tenth; work admitted in vain costs more than work refused in vain.
    private const double Certainty = 0.9;

    // Who was admitted with that margin may lose half of it to those who overtake; the time of a batch stays with it, since
    // the batch that has its last pair ends as a whole.
    private const double CertaintyOfAdmitted = 0.95;

    /// <summary>True when a work ends within the time that is allowed for what goes before it, and delays nobody too long.</summary>
    public bool Fits(QueuedWork work, double allowed)
    {
        var (tenant, request, tokens) = (work.Work.Tenant, work.Work.RequestId, work.WaitingTokens);
        if (tenants.Find(tenant) is not { WaitingTokens: > 0 } own)
        {
            return EndsInTime(tenant, 0, tokens, allowed);
        }

        // What its request has there already goes with it.
        var before = own.Requests.WaitingTokensOf(request);
        var place = own.Requests.PlaceOf(request, tokens, work.LatestStart);
        var isPlaced = false;
        foreach (var flow in own.Requests.Waiting)
        {
            if (flow.Key == request)
            {
                continue;
            }

            if (!isPlaced && place.CompareTo(flow.Place) < 0)
            {
                if (!EndsInTime(tenant, before, tokens, allowed))
                {
                    return false;
                }

                isPlaced = true;
            }

            before += flow.WaitingTokens;
            if (isPlaced && IsEndangered(flow, before, tokens))
            {
                return false;
            }
        }

        return isPlaced || EndsInTime(tenant, before, tokens, allowed);
    }

    private bool EndsInTime(string tenant, long before, long tokens, double allowed)
    {
        var room = Certainty * device.Tokens(allowed);
        if (before > room)
        {
            return false;
        }

        // Not sooner: under overload most are refused for what their own tenant has there. Nor later: those behind are asked next.
        others.Look(tenant, tenants, rates, now);
        return before + others.Tokens(allowed, before + tokens + batch) <= room;
    }

    // Late with so many more tokens before it, and not without them: who is late beyond what predictions err holds nobody up.
    private bool IsEndangered(RequestFlow flow, long tokens, long more)
    {
        var left = flow.Deadline - now - device.InFlightMicroseconds;
        var room = device.Tokens(left);
        if (left <= 0 || Certainty * tokens > room)
        {
            return false;
        }

        // Others get as much as the tenant itself. Their sum is for the few that the bound leaves in doubt: one for each that
        // waits would be requests times tenants.
        var part = tokens + more + batch;
        return part + others.AtMost(left, part) > CertaintyOfAdmitted * room
            && part + others.Tokens(left, part) > CertaintyOfAdmitted * room;
    }
}
