using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Reranker.Inference.Workers;
using Reranker.TestKit.Engines;

namespace Reranker.Inference.Tests.Workers;

public sealed class FormingAheadTests
{
    [Fact]
    public async Task Nothing_is_expected_of_a_device_for_which_no_batch_was_formed_yet()
    {
        using var engine = new ManualEngine(TestEngines.Describe(maxBatchPairs: 4, lanes: 1), new LinearCost(1, lanes: 1));
        var runner = new ModelRunner(0, engine, new WorkerOptions(), new WorkerGroup(), (_, _) => { }, new FakeTimeProvider(), NullLogger.Instance);
        await using (runner)
        {
            runner.Start();

            Assert.Null(runner.UntilEarly());
        }
    }
}
