using Microsoft.Extensions.Options;
using Reranker.Grains.Dispatch;
using Reranker.Grains.Fleet;
using Reranker.Grains.Tests.Routing.Fakes;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Routing;

/// <summary>
/// What every request looks up in the fleet allocates nothing: its model, the workers that serve it, and the hint of its reply. The
/// number of workers must not be felt.
/// </summary>
public sealed class LookupAllocationTests
{
    private const int Looks = 100;

    private static readonly FakeModel[] Models = [FakeModel.Default, new("other", "2222")];

    [Fact]
    public void A_model_its_workers_and_their_hint_are_found_without_allocating()
    {
        var fleet = new ServedFleet(Models);
        for (var silo = 0; silo < 4; silo++)
        {
            fleet.Describe(silo, workers: 2, Models);
        }

        var chooser = new WorkerChooser(fleet.View, fleet.Random, Options.Create(new DispatchOptions()));
        var reporter = new FleetReporter(fleet.View, fleet.Catalog, fleet.Directives, new TokenDensities());

        Assert.Equal(0, Measure(() => fleet.Resolver.ResolveModel(null)));
        Assert.Equal(0, Measure(() => fleet.Resolver.ResolveModel("other")));
        Assert.Equal(0, Measure(() => chooser.FindEligible("1111")));
        Assert.Equal(0, Measure(() => reporter.CreateHint("1111")));
    }

    private static long Measure(Action look)
    {
        // The first looks make the index, and compile.
        long least = long.MaxValue;
        for (var round = 0; round < 10; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Looks; i++)
            {
                look();
            }

            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / Looks);
        }

        return least;
    }
}
