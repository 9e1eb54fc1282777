using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Models;
using Reranker.Gateway.Tenants;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Admission;

public sealed class AdmissionControllerTests
{
    private static readonly ModelCapacity Model = new("model", 1024, 1_000, 1, 0.25);
    private static readonly ModelCapacity Unrated = Model with { TokensPerSecond = 0 };
    private static readonly ModelCapacity Unknown = new("", null, 0, 0, 0);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void What_the_own_backlog_makes_impossible_is_refused_with_the_time_that_is_missing()
    {
        var admission = Create(new GatewayOptions());
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(Admit(admission, "", 1_000, TimeSpan.FromSeconds(60)));
        }

        // Of three ahead one may be all but done: two seconds of waiting and one of work.
        Assert.NotNull(Admit(admission, "", 1_000, TimeSpan.FromSeconds(3)));
        Assert.Null(Admit(admission, "", 1_000, TimeSpan.FromSeconds(3.5), out var refusal));
        Assert.Equal(GatewayErrorKind.Busy, refusal!.Kind);
        Assert.Equal(0.5, refusal.RetryAfter!.Value.TotalSeconds, 1e-3);
    }

    [Fact]
    public void A_flood_closes_the_door_to_its_tenant_alone()
    {
        var admission = Create(new GatewayOptions());
        for (var i = 0; i < 100; i++)
        {
            Assert.NotNull(Admit(admission, "flood", 1_000, Long));
        }

        Assert.Null(Admit(admission, "flood", 1_000, TimeSpan.FromSeconds(5)));
        Assert.NotNull(Admit(admission, "quiet", 100, TimeSpan.FromSeconds(0.2)));
        Assert.NotNull(Admit(admission, "flood", 1_000, TimeSpan.FromSeconds(5), Model with { Key = "idle" }));
    }

    [Fact]
    public void Of_a_large_request_no_more_goes_ahead_than_the_new_one_has_itself()
    {
        var admission = Create(new GatewayOptions());
        Assert.NotNull(Admit(admission, "", 2_000_000, Long));
        Assert.NotNull(Admit(admission, "", 2_000_000, Long));

        Assert.NotNull(Admit(admission, "", 100, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Nothing_is_refused_on_a_guess_alone()
    {
        var admission = Create(new GatewayOptions());

        // Ten times what fits, by an estimate that nothing has confirmed.
        Assert.NotNull(Admit(admission, "", 10_000, TimeSpan.FromSeconds(1)));
        Assert.NotNull(Admit(Create(new GatewayOptions()), "", 1_000_000, TimeSpan.FromMilliseconds(1), Unknown));
    }

    [Fact]
    public void What_the_fleet_has_just_refused_is_not_asked_again_for_a_fiftieth_of_its_time()
    {
        var admission = Create(new GatewayOptions());
        Assert.NotNull(Admit(admission, "", 10, Long, Unrated));
        RefuseByFleet(admission, "", 1_000, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2));

        Assert.Null(Admit(admission, "", 1_000, TimeSpan.FromSeconds(5), out var refusal, Unrated));
        Assert.Equal(GatewayErrorKind.Busy, refusal!.Kind);
        Assert.Equal(TimeSpan.FromSeconds(2), refusal.RetryAfter);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Null(Admit(admission, "", 2_000, TimeSpan.FromSeconds(4), out refusal, Unrated));
        Assert.Equal(1.901, refusal!.RetryAfter!.Value.TotalSeconds, 1e-3);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotNull(Admit(admission, "", 1_000, TimeSpan.FromSeconds(5), Unrated));
    }

    [Fact]
    public void The_fleet_is_asked_for_what_is_smaller_has_more_time_or_is_of_another_tenant_or_model()
    {
        var admission = Create(new GatewayOptions());
        Assert.NotNull(Admit(admission, "flood", 10, Long, Unrated));
        RefuseByFleet(admission, "flood", 1_000, TimeSpan.FromSeconds(5), retryAfter: null);
        Assert.Null(Admit(admission, "flood", 1_000, TimeSpan.FromSeconds(5), Unrated));

        Assert.NotNull(Admit(admission, "flood", 999, TimeSpan.FromSeconds(5), Unrated));
        Assert.NotNull(Admit(admission, "flood", 1_000, TimeSpan.FromSeconds(5.1), Unrated));
        Assert.NotNull(Admit(admission, "quiet", 1_000, TimeSpan.FromSeconds(5), Unrated));
        Assert.NotNull(Admit(admission, "flood", 1_000, TimeSpan.FromSeconds(5), Unrated with { Key = "idle" }));
    }

    [Fact]
    public void The_fleet_is_asked_for_what_has_less_text_because_it_may_have_had_no_room_for_the_texts_alone()
    {
        var admission = Create(new GatewayOptions());
        Assert.NotNull(Admit(admission, "", 10, Long, Unrated));
        var cut = new RerankCall { Query = "", Passages = [new string('p', 1_000_000)], Truncation = new() };
        using (var lease = admission.TryAdmit("", Unrated, new TokenEstimate(cut, 1, Unrated.MaxPairTokens), Long, out _)!)
        {
            lease.KeepRefusal(Long, TimeSpan.FromSeconds(1));
        }

        Assert.Null(Admit(admission, "", 1_000_004, Long, Unrated));
        Assert.NotNull(Admit(admission, "", 2_000, Long, Unrated));
    }

    [Fact]
    public void With_nothing_of_the_tenant_in_progress_the_fleet_is_asked_again()
    {
        var admission = Create(new GatewayOptions());
        RefuseByFleet(admission, "", 1_000, Long, TimeSpan.FromSeconds(60));

        using (Admit(admission, "", 1_000, Long, Unrated))
        {
            Assert.Null(Admit(admission, "", 1_000, Long, Unrated));
        }

        Assert.NotNull(Admit(admission, "", 1_000, Long, Unrated));
    }

    [Fact]
    public void Equal_passages_are_not_refused_for_work_that_is_done_once()
    {
        var admission = Create(new GatewayOptions());
        Assert.NotNull(Admit(admission, "", 1_000, Long));
        Assert.NotNull(Admit(admission, "", 1_000, Long));

        var equal = Estimates.Of([.. Enumerable.Repeat(new string('x', 96), 100)]);
        Assert.NotNull(admission.TryAdmit("", Model, equal, TimeSpan.FromSeconds(1), out _));
    }

    [Fact]
    public void A_refusal_and_a_finished_request_hold_no_tokens()
    {
        var admission = Create(new GatewayOptions());

        var first = Admit(admission, "", 100, Long);
        var second = Admit(admission, "", 100, Long);
        Assert.Null(Admit(admission, "", 100_000, TimeSpan.FromSeconds(5)));
        Assert.Equal(200, admission.TokensInFlight);
        first!.Dispose();
        first.Dispose();
        second!.Dispose();

        Assert.Equal(0, admission.TokensInFlight);
    }

    [Fact]
    public void The_cap_refuses_beside_others_but_lets_a_large_request_run_alone()
    {
        var admission = Create(new GatewayOptions { MaxTokensInFlight = 1000 });

        var large = Admit(admission, "", 5000, Long, Unknown);
        Assert.NotNull(large);
        Assert.Null(Admit(admission, "", 4, Long, out var refusal, Unknown));
        Assert.Equal(GatewayErrorKind.Busy, refusal!.Kind);
        large.Dispose();

        Assert.NotNull(Admit(admission, "", 4, Long, Unknown));
    }

    [Fact]
    public void One_tenant_alone_cannot_take_all_of_the_cap()
    {
        var admission = Create(new GatewayOptions { MaxTokensInFlight = 900 });
        for (var i = 0; i < 100; i++)
        {
            Admit(admission, "flood", 10, Long);
        }

        Assert.Equal(670, admission.TokensInFlight);
        Assert.NotNull(Admit(admission, "quiet", 80, Long));
        Assert.Null(Admit(admission, "flood", 10, Long));
    }

    [Fact]
    public void A_quota_in_debt_refuses_its_tenant_alone_until_it_is_refilled()
    {
        var admission = Create(QuotaOf("small", 600));

        using (var lease = Admit(admission, "small", 100, Long))
        {
            // It was estimated at 100 and cost 1,200: the bucket goes 600 into debt.
            lease!.SetUsedTokens(1200);
        }

        Assert.Null(Admit(admission, "small", 4, Long, out var refusal));
        Assert.Equal(GatewayErrorKind.Quota, refusal!.Kind);
        Assert.Equal(60.1, refusal.RetryAfter!.Value.TotalSeconds, 1e-3);
        Assert.NotNull(Admit(admission, "other", 4, Long));

        _time.Advance(refusal.RetryAfter.Value);
        Assert.NotNull(Admit(admission, "small", 4, Long));
    }

    [Fact]
    public void A_refused_request_costs_its_tenant_nothing_and_one_that_was_left_behind_what_it_was_estimated_at()
    {
        var admission = Create(QuotaOf("small", 600));

        var refused = Admit(admission, "small", 600, Long)!;
        refused.SetUsedTokens(0);
        refused.Dispose();
        var abandoned = Admit(admission, "small", 600, Long);
        Assert.NotNull(abandoned);
        abandoned.Dispose();

        Assert.Null(Admit(admission, "small", 4, Long, out var refusal));
        Assert.Equal(GatewayErrorKind.Quota, refusal!.Kind);
        Assert.Equal(0, admission.TokensInFlight);
    }

    private static GatewayOptions QuotaOf(string tenant, long tokensPerMinute)
    {
        var options = new GatewayOptions();
        options.ApiKeys.Add(new ApiKeyOptions { Tenant = tenant, Key = new string('k', 16), TokensPerMinute = tokensPerMinute });
        return options;
    }

    private static void RefuseByFleet(AdmissionController admission, string tenant, int tokens, TimeSpan remaining, TimeSpan? retryAfter)
    {
        using var lease = Admit(admission, tenant, tokens, remaining, Unrated)!;
        lease.KeepRefusal(remaining, retryAfter);
    }

    private static AdmissionLease? Admit(AdmissionController admission, string tenant, int tokens, TimeSpan remaining, ModelCapacity? model = null)
        => Admit(admission, tenant, tokens, remaining, out _, model);

    private static AdmissionLease? Admit(
        AdmissionController admission, string tenant, int tokens, TimeSpan remaining, out GatewayError? refusal, ModelCapacity? model = null)
        => admission.TryAdmit(tenant, model ?? Model, Estimates.Of(tokens), remaining, out refusal);

    private AdmissionController Create(GatewayOptions options)
    {
        var wrapped = Options.Create(options);
        return new AdmissionController(wrapped, new TokenQuotas(new KeyRingSource(wrapped), new QuotaShares(wrapped, _time), _time), _time);
    }
}
