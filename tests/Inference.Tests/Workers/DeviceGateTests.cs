using Reranker.Inference.Workers;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Workers;

public sealed class DeviceGateTests
{
    private readonly DeviceGate _gate = new(turns: 1);

    private readonly Conditions _conditions = new();

    public DeviceGateTests()
    {
        _gate.SetConditions(_conditions);
        Assert.Equal(DeviceGate.Pass.Turn, _gate.WaitForWork());
    }

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
    public async Task While_nobody_knows_what_runs_no_batch_is_formed_ahead()
    {
        var asked = 0;

        var next = Wait(() => asked++ < 3 ? null : TimeSpan.Zero);

        Assert.Equal(DeviceGate.Pass.Early, await next.Soon());
        Assert.Equal(4, asked);
    }

    [Fact]
    public async Task Who_waited_behind_a_batch_formed_ahead_forms_the_next_one_when_that_takes_its_turn()
    {
        Assert.Equal(DeviceGate.Pass.Early, await Wait(() => TimeSpan.Zero).Soon());
        var pass = DeviceGate.Pass.Closed;
        var behind = new Thread(() => pass = _gate.WaitForWork()) { IsBackground = true };
        behind.Start();
        await Until.TrueAsync(() => behind.ThreadState.HasFlag(ThreadState.WaitSleepJoin));

        // Its release wakes it for nothing: the turn is for the batch formed ahead.
        _gate.ReleaseTurn();
        await Until.TrueAsync(() => behind.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        Assert.True(_gate.WaitForTurn());

        Assert.True(behind.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal(DeviceGate.Pass.Early, pass);
    }

    [Fact]
    public async Task One_batch_is_formed_ahead_and_no_second_one()
    {
        Assert.Equal(DeviceGate.Pass.Early, await Wait(() => TimeSpan.Zero).Soon());
        var third = Wait(() => TimeSpan.Zero);

        _gate.EndLanes();

        Assert.Equal(DeviceGate.Pass.Closed, await third.Soon());
    }

    private Task<DeviceGate.Pass> Wait(Func<TimeSpan?> untilEarly)
    {
        _conditions.UntilEarly = untilEarly;
        return Task.Factory.StartNew(
            _gate.WaitForWork, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private sealed class Conditions : IGateConditions
    {
        public bool HasWork => true;

        public bool HasFullBatch => true;

        public TimeSpan? TimeUntilEarly => UntilEarly();

        public Func<TimeSpan?> UntilEarly { get; set; } = static () => TimeSpan.Zero;
    }
}
