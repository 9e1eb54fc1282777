using Reranker.Grains.Fleet;

namespace Reranker.Grains.Tests.Fleet;

public sealed class FleetWaitTests
{
    [Theory]
    [InlineData(new double[] { }, new int[] { }, 0)]
    [InlineData(new double[] { 400 }, new[] { 70 }, 70)]
    [InlineData(new double[] { 400, 400, 400 }, new[] { 30, 30, 30 }, 30)]
    [InlineData(new double[] { 400, 400, 400 }, new[] { 5000, 20, 30 }, 20)] // one hangs: the others take the work
    [InlineData(new double[] { 400, 400, 400 }, new[] { 5000, 5000, 30 }, 30)]
    [InlineData(new double[] { 400, 50 }, new[] { 300, 0 }, 300)] // a slow one that is free is not the fleet
    [InlineData(new double[] { 100, 100, 100, 100, 100, 100, 100, 100 }, new[] { 8, 7, 6, 5, 4, 3, 2, 1 }, 2)]
    public void The_fleet_waits_until_a_quarter_of_it_is_free(double[] rates, int[] milliseconds, int expected)
        => Assert.Equal(
            TimeSpan.FromMilliseconds(expected),
            FleetWait.EstimateWait([.. rates.Zip(milliseconds, (rate, wait) => (rate, TimeSpan.FromMilliseconds(wait)))]));
}
