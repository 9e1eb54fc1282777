using CsCheck;
using Reranker.Inference.Batching;
using Reranker.Inference.Tests.Workers;
using Verdict = Reranker.Inference.Tests.Batching.PlainAdmission.Verdict;

namespace Reranker.Inference.Tests.Batching;

/// <summary>The check takes short cuts; none of them may show.</summary>
public sealed class AdmissionDecisionTests
{
    private const int Batch = 500;

    private static readonly Guid[] Requests = [.. Enumerable.Range(0, 20).Select(_ => Guid.NewGuid())];

    private static readonly Gen<Waiting> AnyWaiting = Gen.Select(
        Gen.Int[0, 8], Gen.Int[0, 18], Gen.Int[1, 3_000], Gen.OneOf(Gen.Long[0, 30_000], Gen.Long[0, 400_000]), Gen.Long[0, 1_000],
        (tenant, request, tokens, deadline, latestStart) => new Waiting(tenant / 3, request, tokens, deadline, latestStart));

    private static readonly Gen<Sent> AnySent = Gen.Select(
        Gen.Int[0, 30], Gen.OneOf(Gen.Int[1, 2_000], Gen.Int[1, 200_000]), Gen.Long[0, 10_000], (tenant, tokens, when) => new Sent(tenant, tokens, when));

    private static readonly Gen<New> AnyNew = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 19], Gen.Int[1, 3_000], Gen.OneOf(Gen.Double[0, 20_000], Gen.Double[0, 400_000]),
        Gen.Long[0, 20_000], Gen.Double[0, 2_000], Gen.OneOf(Gen.Const(1e6), Gen.Double[0, 2e7]),
        (tenant, request, tokens, allowed, now, inFlight, rate) => new New(tenant, request, tokens, allowed, now, new DeviceForecast(rate, inFlight, 0)));

    [Fact]
    public void Who_is_admitted_is_who_a_plain_look_at_everybody_admits()
    {
        var verdicts = new int[Enum.GetValues<Verdict>().Length];
        Gen.Select(AnyWaiting.Array[0, 60], Gen.Int[0, 1_000].Array[0, 10], AnySent.Array[0, 40], AnyNew.Array[1, 6]).Sample(
            (waiting, served, sent, arrivals) =>
            {
                var (tenants, rates, small, others) = (Order(waiting, served), Rates(sent), Rates([.. sent.Take(10)]), new OtherTenants());
                foreach (var (tenant, request, tokens, allowed, now, device) in arrivals)
                {
                    var work = FairQueueTests.Queued(Works.Of([tokens], tenant: $"{tenant}", request: Requests[request]), latestStart: 500);
                    var plain = new PlainAdmission(tenants, rates, small, device, now, Batch);
                    var verdict = plain.Of(work, allowed);
                    verdicts[(int)verdict]++;
                    var broken = new List<RequestFlow>();
                    var fits = verdict is Verdict.FitsBehind or Verdict.FitsBetween or Verdict.FitsAndBreaks;
                    Assert.Equal(fits, new AdmissionCheck(tenants, rates, small, others, broken, device, now, Batch).CanAdmit(work, allowed));
                    if (fits)
                    {
                        Assert.Equal(plain.Broken, broken);
                    }
                }
            },
            iter: 8_000,
            threads: 1);

        // Had one of them never come up, nothing would have been shown of it.
        Assert.All(verdicts, count => Assert.InRange(count, 100, int.MaxValue));
    }

    [Fact]
    public void The_bound_of_what_others_have_is_never_below_it()
        => Gen.Select(AnyWaiting.Array[0, 20], AnySent.Array[0, 60], Gen.Select(Gen.Double[0, 400_000], Gen.Double[1, 50_000]).Array[2, 20]).Sample(
            (waiting, sent, asked) =>
            {
                var (once, anew) = (new OtherTenants(), new OtherTenants());
                once.CollectAllBut("0", Order(waiting, []), Rates(sent), 10_000);
                anew.CollectAllBut("0", Order(waiting, []), Rates(sent), 10_000);
                once.SumTokensAhead(asked[0].Item1, asked[0].Item2);
                foreach (var (time, part) in asked)
                {
                    // Wherever the last sum was taken, and close where it was taken here.
                    var tokens = anew.SumTokensAhead(time, part);
                    Assert.InRange(tokens, 0, once.EstimateMaxTokensAhead(time, part));
                    Assert.InRange(anew.EstimateMaxTokensAhead(time, part), tokens, tokens * (1 + 1e-8));
                }
            },
            iter: 1_000);

    [Fact]
    public void A_check_allocates_nothing()
    {
        var waiting = Enumerable.Range(0, 60).Select(i => new Waiting(i % 3, i % 20, 100 + i, 1_000_000_000, i)).ToArray();
        var (tenants, rates, others) = (Order(waiting, []), Rates([.. Enumerable.Range(0, 30).Select(i => new Sent(i, 1_000, i))]), new OtherTenants());
        var work = FairQueueTests.Queued(Works.Of([10], tenant: "1"), latestStart: 0);
        var check = new AdmissionCheck(tenants, rates, new ArrivalRates(), others, [], new DeviceForecast(1e6, 0, 0), 0, Batch);
        Assert.True(check.CanAdmit(work, 1e9));

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            check.CanAdmit(work, 1e9);
        }

        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());
    }

    private static ArrivalRates Rates(Sent[] sent)
    {
        var rates = new ArrivalRates();
        foreach (var (tenant, tokens, when) in sent)
        {
            rates.AddTokens($"{tenant}", tokens, when);
        }

        return rates;
    }

    /// <summary>The order as the queue keeps it, of which so many tokens a turn were served.</summary>
    private static TenantOrder Order(Waiting[] waiting, int[] served)
    {
        var tenants = new TenantOrder(Batch);
        foreach (var (key, request, tokens, deadline, latestStart) in waiting)
        {
            var tenant = tenants.GetOrAdd($"{key}", k => new TenantFlow(k, Batch));
            var flow = tenant.Requests.GetOrAdd(Requests[request], k => new RequestFlow(k, tenant));
            (tenant.LatestStart, flow.LatestStart, flow.Deadline) = (latestStart, latestStart, deadline);
            flow.AddArrivedTokens(tokens, 0);
            tenant.Requests.AddTokens(flow, tokens);
            tenants.AddTokens(tenant, tokens);
        }

        foreach (var turn in served)
        {
            if (tenants.PeekNext()?.Requests.PeekNext() is { } flow)
            {
                var tokens = Math.Min(turn, flow.WaitingTokens);
                flow.Tenant.Requests.ServeTokens(flow, tokens);
                tenants.ServeTokens(flow.Tenant, tokens);
            }
        }

        return tenants;
    }

    private sealed record Waiting(int Tenant, int Request, int Tokens, long Deadline, long LatestStart);

    private sealed record Sent(int Tenant, int Tokens, long When);

    private sealed record New(int Tenant, int Request, int Tokens, double Allowed, long Now, DeviceForecast Device);
}
