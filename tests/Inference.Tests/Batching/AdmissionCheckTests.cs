using Reranker.Inference.Batching;
using Reranker.Inference.Tests.Workers;

namespace Reranker.Inference.Tests.Batching;

/// <summary>A device of one token a microsecond, so that tokens are microseconds; nine tenths of the time may be planned for.</summary>
public sealed class AdmissionCheckTests
{
    private const int Batch = 50;
    private static readonly Admission Device = new(1e6, 0, 0);

    private readonly FairQueue _queue = new(Batch);
    private readonly ArrivalRates _rates = new();

    [Fact]
    public void Of_a_large_job_of_another_tenant_as_much_as_the_own_and_a_batch_goes_before()
    {
        Wait(Work(10_000, tenant: "jobs"));

        Assert.Equal(NineTenthsOf(20 + 50), LeastAllowed(Work(20, tenant: "user")));
        Assert.Equal(NineTenthsOf(10_000), LeastAllowed(Work(1_000_000, tenant: "user")));
    }

    [Fact]
    public void Of_the_own_tenant_what_has_its_turn_before_goes_before()
    {
        Wait(Work(10_000));

        Assert.Equal(0, LeastAllowed(Work(20)));
        Assert.Equal(NineTenthsOf(10_000), LeastAllowed(Work(20_000)));
    }

    [Fact]
    public void What_others_will_send_counts_up_to_an_equal_part()
    {
        Wait(Work(100, tenant: "here"));
        _rates.Note("here", 2_000_000, 0);
        _rates.Note("coming", 2_000_000, 0);
        _rates.Note("user", 2_000_000, 0);

        // Each sends a token a microsecond, as much as the device does alone.
        Assert.Equal(NineTenthsOf(2 * (300 + 50)), LeastAllowed(Work(300, tenant: "user")));
        Assert.False(Fits(Work(1_000_000, tenant: "user"), 10_000));
    }

    [Fact]
    public void Nobody_overtakes_who_would_end_too_late_for_it()
    {
        // 12,000 of which 95 % may be planned for: 11,400.
        Wait(Work(10_000, deadline: 12_000));

        Assert.True(Fits(Work(1_350)));
        Assert.False(Fits(Work(1_351)));

        // Behind it nothing delays it.
        Assert.True(Fits(Work(20_000)));

        // Another tenant has its part in any case.
        Assert.True(Fits(Work(1_351, tenant: "user")));
    }

    [Fact]
    public void Who_is_lost_anyway_holds_nobody_up()
    {
        Wait(Work(10_000, deadline: 9_001));
        Assert.False(Fits(Work(2_000)));

        var lost = new FairQueue(Batch);
        lost.Add(Work(10_000, deadline: 8_999));
        Assert.True(lost.Fits(Work(2_000), 1e9, Device, _rates));
    }

    [Fact]
    public void What_its_request_has_there_already_goes_with_it()
    {
        var request = Guid.NewGuid();
        Wait(Work(100, request: request));
        Wait(Work(300));

        // 100 and 250 more: the request goes behind the other one, all of it.
        Assert.Equal(NineTenthsOf(300 + 100), LeastAllowed(Work(250, request: request)));
    }

    private static QueuedWork Work(int tokens, string tenant = "", long deadline = 1_000_000_000, Guid? request = null)
        => FairQueueTests.Queued(Works.Of(Works.Lengths(1, tokens), tenant: tenant, request: request), deadline);

    private static int NineTenthsOf(int tokens) => (int)Math.Ceiling(tokens / 0.9);

    private void Wait(QueuedWork work) => _queue.Add(work);

    private bool Fits(QueuedWork work, double allowed = 1e9) => _queue.Fits(work, allowed, Device, _rates);

    private int LeastAllowed(QueuedWork work) => Enumerable.Range(0, 20_000).First(allowed => Fits(work, allowed));
}
