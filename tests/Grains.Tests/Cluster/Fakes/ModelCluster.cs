using System.Text.Json;
using Reranker.Inference.Scoring;
using Reranker.Models;
using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster.Fakes;

/// <summary>A cluster of two silos with three workers of one model, whose models a test changes.</summary>
internal static class ModelCluster
{
    private static readonly FakeModel Old = new("mini", "1111");
    private static readonly FakeModel Next = new("other-name", "2222");
    private static readonly FakeModel Another = new("large", "3333");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<RerankerTestCluster> StartAsync() => RerankerTestCluster.StartAsync(new TestClusterSettings
    {
        Silos = [[new FakeScoringWorker(Old) { Ordinal = 0 }, new FakeScoringWorker(Old) { Ordinal = 1 }], [new FakeScoringWorker(Old)]],
        Catalog = [Old.ToCatalog()],
        Shelf = new Dictionary<string, FakeModel> { ["old"] = Old, ["next"] = Next, ["another"] = Another },
    });

    /// <summary>Loads the second model of the same name, and waits until every worker serves it.</summary>
    public static async Task LoadNextAsync(this RerankerTestCluster cluster)
    {
        await cluster.Admin.LoadModelAsync(new LoadModel { Folder = "next", Name = "mini" }, Stop);
        await cluster.UntilAsync(m => m.Phases("2222") is [ModelPhase.Ready, ModelPhase.Ready] && m.Of("2222")!.ReadyWorkers == 3);
    }

    /// <summary>Shares out the requests of the name.</summary>
    public static Task<ModelAdminReply> RouteAsync(this RerankerTestCluster cluster, params (string Identity, double Weight)[] shares)
        => cluster.Admin.SetSharesAsync(
            new RouteModel { Name = "mini", Shares = [.. shares.Select(s => new ModelShare { Identity = s.Identity, Weight = s.Weight })] }, Stop);

    /// <summary>Requests through both silos.</summary>
    public static Task<RerankReply[]> AskAllAsync(this RerankerTestCluster cluster, string? model = null)
        => Task.WhenAll(Enumerable.Range(0, 12).Select(shard => cluster.RerankAsync("q", ["a", "b"], shard, model: model)));

    /// <summary>Scores that tell which model gave them: 1 for the first one, 2 for any other.</summary>
    public static WorkResult ByIdentity(WorkItem work) => FakeScoringWorker.Scored(work) with
    {
        Logits = [.. Enumerable.Repeat(work.ModelIdentity == "1111" ? 1f : 2f, work.Count)],
    };

    /// <summary>A model in a reply, or null.</summary>
    public static ModelState? Of(this ModelAdminReply reply, string identity) => Array.Find(reply.Models, m => m.Identity == identity);

    /// <summary>Its phase on each silo.</summary>
    public static ModelPhase[] Phases(this ModelAdminReply reply, string identity)
        => reply.Of(identity) is { } model ? [.. model.Silos.Select(s => s.Phase)] : [];

    /// <summary>Asks for the models until they are as expected.</summary>
    public static async Task<ModelAdminReply> UntilAsync(this RerankerTestCluster cluster, Func<ModelAdminReply, bool> condition)
    {
        ModelAdminReply reply = null!;
        for (var i = 0; i < 600; i++)
        {
            reply = await cluster.Admin.GetModelsAsync(Stop);
            if (condition(reply))
            {
                return reply;
            }

            await Task.Delay(50, Stop);
        }

        Assert.Fail(JsonSerializer.Serialize(reply));
        return reply;
    }
}
