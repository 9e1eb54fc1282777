using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Tenants;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Tenants;

public sealed class TokenQuotaTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void After_a_rest_a_burst_passes_and_then_the_rate()
    {
        var quota = Create(new TenantLimits(600, 50, 0));
        Assert.Null(quota.TryEnter(49));
        Assert.Null(quota.TryEnter(10));

        // 9 in debt, and one on top: 10 tokens at 10 a second.
        Assert.Equal(TimeSpan.FromSeconds(1), quota.TryEnter(1)!.RetryAfter);
    }

    [Fact]
    public void Who_waits_as_long_as_the_refusal_says_passes() => Gen.Select(Gen.Int[1, 100_000], Gen.Int[1, 100_000], Gen.Int[1, 1_000_000], Gen.Double[0.01, 1]).Sample((rate, burst, tokens, share) =>
    {
        var time = new SynchronizedTime();
        var quota = new TokenQuota(new TenantLimits(rate, burst, 0), share, time);
        Assert.Null(quota.TryEnter((burst * share) + tokens));
        var refusal = quota.TryEnter(1)!;

        time.Advance(refusal.RetryAfter + TimeSpan.FromTicks(1));
        Assert.Null(quota.TryEnter(1));
    });

    [Fact]
    public void A_smaller_share_takes_away_what_the_bucket_held_for_the_larger_one_and_a_larger_one_gives_none()
    {
        var quota = Create(new TenantLimits(600, 600, 0));
        quota.SetLimits(new TenantLimits(600, 600, 0), 0.1);
        quota.SetLimits(new TenantLimits(600, 600, 0), 1);

        Assert.Null(quota.TryEnter(61));
        Assert.NotNull(quota.TryEnter(1));
    }

    [Fact]
    public void A_share_of_the_places_is_kept_and_one_request_always_passes()
    {
        var quota = Create(new TenantLimits(0, 0, 10), share: 0.35);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(quota.TryEnter(1)));
        Assert.Contains("in progress", quota.TryEnter(1)!.Reason, StringComparison.Ordinal);

        // What runs is held, whatever the share became.
        quota.SetLimits(new TenantLimits(0, 0, 10), 0.01);
        Assert.Equal(0.3, quota.HeldShare, 1e-9);
        Enumerable.Range(0, 3).ToList().ForEach(_ => quota.Leave(0, TimeSpan.FromSeconds(2)));
        Assert.Equal(0.01, quota.HeldShare, 1e-9);
        Assert.Null(quota.TryEnter(1));
        Assert.NotNull(quota.TryEnter(1));
    }

    private TokenQuota Create(TenantLimits limits, double share = 1) => new(limits, share, _time);
}
