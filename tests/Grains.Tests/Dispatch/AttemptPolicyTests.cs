using Reranker.Grains.Dispatch;
using Reranker.Grains.Placement;

namespace Reranker.Grains.Tests.Dispatch;

public sealed class AttemptPolicyTests
{
    private static readonly DispatchOptions Options = new() { MinAttemptTimeout = TimeSpan.FromMilliseconds(200), AttemptTimeoutFactor = 4 };

    [Theory]
    [InlineData(0.010, 10_000, 200)]
    [InlineData(0.500, 10_000, 2_000)]
    public void An_attempt_gets_a_multiple_of_its_expected_time_but_no_less_than_the_floor(double expected, int remaining, int timeout)
        => Assert.Equal(
            TimeSpan.FromMilliseconds(timeout),
            AttemptPolicy.Timeout(Options, expected, TimeSpan.FromMilliseconds(remaining), hasAlternative: true));

    [Fact]
    public void The_only_worker_gets_all_the_time_there_is()
        => Assert.Null(AttemptPolicy.Timeout(Options, 0.01, TimeSpan.FromSeconds(10), hasAlternative: false));

    [Fact]
    public void No_attempt_outlives_the_deadline()
        => Assert.Null(AttemptPolicy.Timeout(Options, 0.5, TimeSpan.FromSeconds(1), hasAlternative: true));

    [Fact]
    public void Failures_of_the_way_are_told_from_failures_of_the_work()
    {
        Assert.True(AttemptPolicy.IsTransportFailure(new WorkerHostGoneException("k")));
        Assert.True(AttemptPolicy.IsTransportFailure(new SiloUnavailableException()));
        Assert.True(AttemptPolicy.IsTransportFailure(new TimeoutException()));
        Assert.False(AttemptPolicy.IsTransportFailure(new InvalidCastException()));
    }
}
