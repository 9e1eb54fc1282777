using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Tenants;
using Reranker.Quotas;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Tenants;

public sealed class QuotaSharesTests
{
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void A_lease_holds_for_its_term_from_when_it_was_asked_for_and_then_an_equal_part_by_the_last_known_number()
    {
        var shares = Create(minGateways: 1);
        var sent = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        shares.TakeLease(Reply(gateways: 4, ("busy", 0.9)), sent);

        _time.Advance(TimeSpan.FromSeconds(8.9));
        Assert.Equal((0.9, 0.25), (shares.FindShare("busy"), shares.FindShare("idle")));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((0.25, 0.25), (shares.FindShare("busy"), shares.FindShare("idle")));
        Assert.False(shares.IsLeased);
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(3, 1.0 / 3)]
    public void Before_the_first_lease_the_least_number_of_gateways_counts(int minGateways, double share) =>
        Assert.Equal(share, Create(minGateways).FindShare("any"), 1e-9);

    [Fact]
    public void The_least_number_counts_after_a_lease_of_fewer_gateways_too()
    {
        var shares = Create(minGateways: 3);
        shares.TakeLease(Reply(gateways: 2), _time.GetTimestamp());
        Assert.Equal(0.5, shares.FindShare("any"), 1e-9);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1.0 / 3, shares.FindShare("any"), 1e-9);
    }

    private static QuotaLeaseReply Reply(int gateways, params (string Tenant, double Share)[] shares) => new()
    {
        TermMilliseconds = 10_000,
        Gateways = gateways,
        Shares = [.. shares.Select(static share => new QuotaShare { Tenant = share.Tenant, Share = share.Share })],
    };

    private QuotaShares Create(int minGateways) => new(Options.Create(new GatewayOptions { MinGateways = minGateways }), _time);
}
