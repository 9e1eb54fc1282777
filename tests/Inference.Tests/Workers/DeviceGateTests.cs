using Reranker.Inference.Workers;

namespace Reranker.Inference.Tests.Workers;

public sealed class DeviceGateTests
{
    private readonly DeviceGate _gate = new(turns: 1);

    public DeviceGateTests() => Assert.Equal(DeviceGate.Pass.Turn, _gate.Wait(Yes, Yes, () => TimeSpan.Zero));

    [Fact]
    public async Task While_the_running_batch_has_long_to_go_a_full_one_is_not_formed_ahead()
    {
        var next = Wait(() => TimeSpan.FromMinutes(1));

        _gate.ReleaseTurn();

        Assert.Equal(DeviceGate.Pass.Turn, await next.Soon());
    }

    [Fact]
    public async Task Shortly_before_its_end_a_full_batch_is_formed_though_nobody_wakes_the_lane()
    {
        var asked = 0;

        var next = Wait(() => TimeSpan.FromMilliseconds(asked++ == 0 ? 3 : 0));

        Assert.Equal(DeviceGate.Pass.Early, await next.Soon());
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task One_batch_is_formed_ahead_and_no_second_one()
    {
        Assert.Equal(DeviceGate.Pass.Early, await Wait(() => TimeSpan.Zero).Soon());
        var third = Wait(() => TimeSpan.Zero);

        _gate.Close();

        Assert.Equal(DeviceGate.Pass.Closed, await third.Soon());
    }

    private static bool Yes() => true;

    private Task<DeviceGate.Pass> Wait(Func<TimeSpan> untilEarly) => Task.Factory.StartNew(
        () => _gate.Wait(Yes, Yes, untilEarly), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
