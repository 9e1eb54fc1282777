using Reranker.Client;
using Reranker.LoadTest.Targets;
using Reranker.Requests;

namespace Reranker.LoadTest.Tests.Targets;

public sealed class OverheadTests
{
    // Several batches of one part: the last one waited while the first ran, so queue and inference say 50 ms and it had 30.
    private static RerankResult Result(int subBatches, double workerMilliseconds) => new()
    {
        Passages = [],
        Usage = default,
        Model = "m",
        ModelIdentity = "1",
        WorkerTime = TimeSpan.FromMilliseconds(workerMilliseconds),
        Timings = new RerankTimings
        {
            TokenizationMicroseconds = 2_000,
            QueueMicroseconds = 20_000,
            InferenceMicroseconds = 30_000,
            TotalMicroseconds = 40_000,
            SubBatches = subBatches,
        },
    };

    [Fact]
    public void Tokenization_and_the_longest_time_with_a_worker_are_taken_off()
        => Assert.Equal(
            new Overhead(TimeSpan.FromMilliseconds(45 - 2 - 30), TimeSpan.FromMilliseconds(45 - 40)),
            Overhead.Of(Result(subBatches: 2, workerMilliseconds: 30), TimeSpan.FromMilliseconds(45)));

    [Fact]
    public void Workers_that_do_not_say_their_time_leave_nothing_to_take_off()
        => Assert.Null(Overhead.Of(Result(subBatches: 1, workerMilliseconds: 0), TimeSpan.FromMilliseconds(45)));

    [Fact]
    public void A_request_that_needed_no_worker_has_nothing_to_take_off_but_tokenization()
        => Assert.Equal(
            TimeSpan.FromMilliseconds(45 - 2), Overhead.Of(Result(subBatches: 0, workerMilliseconds: 0), TimeSpan.FromMilliseconds(45))!.Value.All);
}
