using Reranker.Inference.Batching;

namespace Reranker.Inference.Tests.Batching;

public sealed class ArrivalRatesTests
{
    private readonly ArrivalRates _rates = new();

    [Fact]
    public void A_steady_sender_is_known_by_its_rate()
    {
        // 10,000 tokens a second, for ten seconds.
        for (var now = 0; now <= 10_000_000; now += 10_000)
        {
            _rates.AddTokens("steady", 100, now);
        }

        Assert.InRange(_rates.FindRate("steady", 10_000_000) * 1e6, 9_500, 10_500);
        Assert.Equal(_rates.FindRate("steady", 10_000_000), _rates.FindTotalRate(10_000_000), 1e-9);
        Assert.Equal(0, _rates.FindRate("nobody", 10_000_000));
    }

    [Fact]
    public void One_that_stops_is_forgotten()
    {
        _rates.AddTokens("gone", 1_000_000, 0);
        for (var i = 0; i < 1_000; i++)
        {
            _rates.AddTokens($"tenant-{i}", 10, 60_000_000 + (i * 1_000_000L));
        }

        Assert.DoesNotContain("gone", _rates.Tenants);
        Assert.InRange(_rates.Tenants.Count, 1, 200);
    }
}
