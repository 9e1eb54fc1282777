using Microsoft.Extensions.DependencyInjection;
using Reranker.Grains.Models;
using Reranker.Grains.Primitives;
using Reranker.Models;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>A model may be retired after a request chose it and before it is pinned, when it counts as unused.</summary>
public sealed class ModelRetiredWhileChosenTests
{
    private static readonly FakeModel Old = new("mini", "1111");
    private static readonly FakeModel Next = new("mini", "2222");

    [Fact]
    public async Task The_request_chooses_again_and_never_sends_work_for_the_retired_one()
    {
        var worker = new FakeScoringWorker(Old);
        worker.Serve(Old, Next);
        var choices = new HookedRandom();
        await using var cluster = await RerankerTestCluster.StartAsync(new TestClusterSettings
        {
            Silos = [[worker]],
            Catalog = [Old.ToCatalog(), Next.ToCatalog()],
            Services = s => s.AddSingleton(new RandomSource(choices)),
        });
        var directives = cluster.Services(0).GetRequiredService<DirectiveStore>();
        directives.AdoptNewerEntries(new ModelDirectives { Revision = 1, Routes = [Shares("1111", "2222")] });

        // The choice falls on the old model, and while it does so the old model is retired.
        choices.Chosen = () => directives.AdoptNewerEntries(new ModelDirectives { Revision = 2, Retired = ["1111"], Routes = [Shares("2222")] });
        var reply = await cluster.RerankAsync("q", ["a", "b"]);

        Assert.True(directives.Current.IsRetired("1111"));
        Assert.Equal((RerankOutcome.Ok, "2222"), (reply.Outcome, reply.ModelIdentity));
        Assert.All(worker.Works, w => Assert.Equal("2222", w.ModelIdentity));
        Assert.DoesNotContain(cluster.Log.Lines, l => l.Contains("starts again", StringComparison.Ordinal));
    }

    private static RouteModel Shares(params string[] identities)
        => new() { Name = "mini", Shares = [.. identities.Select(i => new ModelShare { Identity = i, Weight = 1 })] };

    private sealed class HookedRandom : Random
    {
        public Action? Chosen { get; set; }

        public override double NextDouble()
        {
            Chosen?.Invoke();
            return 0;
        }
    }
}
