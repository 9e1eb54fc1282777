using Reranker.Benchmarking.Workloads;

namespace Reranker.Benchmarking.Tests.Workloads;

public sealed class PoissonArrivalsTests
{
    private static double[] Gaps(double rate, int seed, int count)
    {
        var arrivals = new PoissonArrivals(rate, seed);
        var gaps = new double[count];
        for (var (i, last) = (0, TimeSpan.Zero); i < count; i++)
        {
            var next = arrivals.DrawNextArrival();
            gaps[i] = (next - last).TotalSeconds;
            last = next;
        }

        return gaps;
    }

    [Fact]
    public void Gaps_are_exponential_around_the_rate()
    {
        var gaps = Gaps(rate: 50, seed: 7, count: 20_000);
        var mean = gaps.Average();
        var deviation = Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean)));
        Assert.InRange(mean, 0.02 * 0.97, 0.02 * 1.03);
        // Of an exponential distribution, and of no regular one, the deviation is the mean.
        Assert.InRange(deviation / mean, 0.95, 1.05);
        Assert.All(gaps, g => Assert.True(g >= 0));
    }

    [Fact]
    public void The_seed_decides_them()
    {
        Assert.Equal(Gaps(50, seed: 7, 100), Gaps(50, seed: 7, 100));
        Assert.NotEqual(Gaps(50, seed: 7, 100), Gaps(50, seed: 8, 100));
    }
}
