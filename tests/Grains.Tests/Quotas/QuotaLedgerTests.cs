using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Reranker.Grains.Quotas;
using Reranker.Quotas;
using Reranker.TestKit.Clocks;

namespace Reranker.Grains.Tests.Quotas;

public sealed class QuotaLedgerTests
{
    private const string Tenant = "search";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public void One_gateway_has_everything()
    {
        var (ledger, gateway) = (new QuotaLedger(_time), new SimulatedGateway(_time));

        gateway.Renew(ledger, demand: 10);

        Assert.Equal((1, 1), (gateway.Gateways, gateway.Share));
    }

    [Fact]
    public void Shares_follow_what_is_wanted_and_every_gateway_keeps_a_little()
    {
        var ledger = new QuotaLedger(_time);
        var gateways = Create(3);
        for (var i = 0; i < 10; i++)
        {
            RenewAll(ledger, gateways, 100, 300, 0);
        }

        Assert.Equal(0.95 * 0.25 + (0.05 / 3), gateways[0].Share, 1e-9);
        Assert.Equal(0.95 * 0.75 + (0.05 / 3), gateways[1].Share, 1e-9);
        Assert.Equal(0.05 / 3, gateways[2].Share, 1e-9);
    }

    [Fact]
    public void What_nobody_wants_any_more_is_shared_alike_and_then_forgotten()
    {
        var ledger = new QuotaLedger(_time);
        var gateways = Create(2);
        for (var i = 0; i < 10; i++)
        {
            RenewAll(ledger, gateways, 100, 0);
        }

        for (var i = 0; i < 15; i++)
        {
            RenewAll(ledger, gateways, 0, 0);
        }

        Assert.All(gateways, static gateway => Assert.Equal((0.5, false), (gateway.Share, gateway.IsNamed)));
    }

    [Fact]
    public void A_gateway_that_is_gone_leaves_its_share_when_its_term_is_over()
    {
        var ledger = new QuotaLedger(_time);
        var gateways = Create(2);
        for (var i = 0; i < 10; i++)
        {
            RenewAll(ledger, gateways, 100, 100);
        }

        for (var i = 0; i < 9; i++)
        {
            _time.Advance(Second);
            gateways[0].Renew(ledger, 100);
            Assert.Equal(0.5, gateways[0].Share, 1e-9);
        }

        _time.Advance(Second);
        gateways[0].Renew(ledger, 100);
        _time.Advance(Second);
        gateways[0].Renew(ledger, 100);
        Assert.Equal((1, 1.0), (gateways[0].Gateways, gateways[0].Share));
    }

    [Fact]
    public void A_new_account_takes_gateways_at_their_word_and_gives_none_more_before_all_have_asked()
    {
        var ledger = new QuotaLedger(_time);
        var gateways = Create(3);
        for (var i = 0; i < 10; i++)
        {
            RenewAll(ledger, gateways, 300, 100, 100);
        }

        var before = gateways.Select(static gateway => gateway.Share).ToArray();
        ledger = new QuotaLedger(_time);
        gateways[0].Renew(ledger, 300);
        gateways[1].Renew(ledger, 900);

        Assert.Equal(before, gateways.Select(static gateway => gateway.Share));
        Assert.All(gateways, static gateway => Assert.Equal(3, gateway.Gateways));
    }

    /// <summary>
    /// Gateways that ask at any time, whose replies get lost, that die and come, and an account that is lost: whatever is wanted, what all
    /// of them may use of a tenant stays within the bound.
    /// </summary>
    [Fact]
    public void Shares_never_exceed_the_limit_by_more_than_the_even_part()
    {
        var step = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 1000], Gen.Int[0, 3000], static (gateway, kind, demand, pause) => (gateway, kind, demand, pause));
        step.Array[100, 400].Sample(static steps =>
        {
            var time = new SynchronizedTime();
            var ledger = new QuotaLedger(time);
            var gateways = Enumerable.Range(0, 5).Select(_ => new SimulatedGateway(time)).ToArray();
            var lost = false;
            foreach (var gateway in Enumerable.Repeat(gateways, 4).SelectMany(static all => all))
            {
                gateway.Renew(ledger, 1);
                time.Advance(TimeSpan.FromMilliseconds(200));
            }

            foreach (var (at, kind, demand, pause) in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause / 5));
                foreach (var other in gateways)
                {
                    // They go on asking: a silent one falls back to its equal part, which nobody can keep free for it.
                    if (other.Age > TimeSpan.FromSeconds(2))
                    {
                        other.Renew(ledger, demand);
                    }
                }

                if (kind == 0 && !lost)
                {
                    // Lost once: the account begins anew.
                    (ledger, lost) = (new QuotaLedger(time), true);
                }

                gateways[at].Renew(ledger, demand, losesReply: kind == 1);
                Assert.True(gateways.Sum(static gateway => gateway.Share) <= 1 + QuotaLedger.EvenPart + 1e-9, string.Join(" + ", gateways.Select(static gateway => gateway.Share)));
            }
        });
    }

    [Fact]
    public void Nonsense_does_no_harm()
    {
        var ledger = new QuotaLedger(_time);
        var reply = ledger.RenewLease(new QuotaLeaseRequest
        {
            Gateway = Guid.NewGuid(),
            KnownGateways = int.MaxValue,
            Demands =
            [
                new QuotaDemand { Tenant = "a", TokensPerSecond = double.NaN, HeldShare = double.NaN },
                new QuotaDemand { Tenant = "b", TokensPerSecond = double.PositiveInfinity, HeldShare = -7 },
                new QuotaDemand { Tenant = "b", TokensPerSecond = -1, HeldShare = 1e300 },
            ],
        });

        Assert.All(reply.Shares, static share => Assert.InRange(share.Share, 0, 1));
        Assert.InRange(reply.Gateways, 1, QuotaLedger.MaxGateways);
    }

    private SimulatedGateway[] Create(int count) => [.. Enumerable.Range(0, count).Select(_ => new SimulatedGateway(_time))];

    private void RenewAll(QuotaLedger ledger, SimulatedGateway[] gateways, params double[] demands)
    {
        foreach (var (gateway, demand) in gateways.Zip(demands))
        {
            gateway.Renew(ledger, demand);
        }

        _time.Advance(Second);
    }

    /// <summary>What a gateway makes of its leases, for one tenant.</summary>
    private sealed class SimulatedGateway(TimeProvider time)
    {
        private readonly Guid _id = Guid.NewGuid();
        private QuotaLeaseReply? _lease;
        private long _sent = time.GetTimestamp();

        public int Gateways => _lease?.Gateways ?? 0;

        public TimeSpan Age => time.GetElapsedTime(_sent);

        public bool IsNamed => IsValid && _lease!.Shares.Length > 0;

        public double Share => IsNamed ? _lease!.Shares.Single(static share => share.Tenant == Tenant).Share : _lease is null ? 0 : 1.0 / _lease.Gateways;

        private bool IsValid => _lease is not null && Age < TimeSpan.FromMilliseconds(_lease.TermMilliseconds);

        public void Renew(QuotaLedger ledger, double demand, bool losesReply = false)
        {
            var sent = time.GetTimestamp();
            var reply = ledger.RenewLease(new QuotaLeaseRequest
            {
                Gateway = _id,
                KnownGateways = _lease?.Gateways ?? 0,
                Demands = demand > 0 || IsNamed ? [new QuotaDemand { Tenant = Tenant, TokensPerSecond = demand, HeldShare = _lease is null ? 0 : Share }] : [],
            });
            if (!losesReply)
            {
                (_lease, _sent) = (reply, sent);
            }
        }
    }
}
