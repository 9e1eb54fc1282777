using Reranker.LoadTest.Requests;
using Reranker.LoadTest.Results;

namespace Reranker.LoadTest.Tests.Results;

public sealed class QueueAloneTests
{
    private static LoadOptions Options(double rate, double? capacity) => new()
    {
        Urls = [],
        Rate = rate,
        Capacity = capacity,
        WarmUp = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(20_000),
        Seed = 5,
    };

    // Pollaczek and Khinchine: the mean of a queue with service of one length s at a load r is s + s r / (2 (1 - r)).
    [Theory]
    [InlineData(50, 0.3)]
    [InlineData(50, 0.7)]
    [InlineData(10, 0.85)]
    public void Its_mean_is_that_of_the_formula(double capacity, double load)
    {
        var report = QueueAlone.Predict(Options(capacity * load, capacity))!;

        var expected = 1000 / capacity * (1 + (load / (2 * (1 - load))));
        Assert.InRange(report.Mean, expected * 0.96, expected * 1.04);
        Assert.InRange(report.Count, 20_000 * capacity * load * 0.97, 20_000 * capacity * load * 1.03);
        Assert.True(report.P50 < report.P99 && report.P99 < report.Max);
    }

    [Fact]
    public void Rare_requests_take_the_time_of_one()
        => Assert.InRange(QueueAlone.Predict(Options(0.01, 100))!.P90, 9.9, 10.1);

    [Fact]
    public void Nothing_is_said_of_a_target_that_nobody_knows_and_of_a_closed_loop()
    {
        Assert.Null(QueueAlone.Predict(Options(5, null)));
        Assert.Null(QueueAlone.Predict(Options(5, 10) with { Rate = null }));
    }
}
