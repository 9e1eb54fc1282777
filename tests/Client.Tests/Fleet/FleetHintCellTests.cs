using Microsoft.Extensions.Time.Testing;
using Reranker.Client.Fleet;
using Reranker.Fleet;

namespace Reranker.Client.Tests.Fleet;

public sealed class FleetHintCellTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_wait_that_was_told_of_is_over_when_its_time_has_passed()
    {
        var cell = new FleetHintCell(_time);
        cell.Update(new FleetHint { TokensPerSecond = 1000, ExpectedWaitMilliseconds = 1500, ReadyWorkers = 2 });

        Assert.Equal(1500, cell.Current?.ExpectedWaitMilliseconds);
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(900, cell.Current?.ExpectedWaitMilliseconds);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 1000, 2), (cell.Current!.Value.ExpectedWaitMilliseconds, cell.Current.Value.TokensPerSecond, cell.Current.Value.ReadyWorkers));
    }

    [Fact]
    public void An_empty_hint_replaces_nothing()
    {
        var cell = new FleetHintCell(_time);
        Assert.Null(cell.Current);
        cell.Update(new FleetHint { TokensPerSecond = 1000 });
        cell.Update(default);
        Assert.Equal(1000, cell.Current?.TokensPerSecond);
    }
}
