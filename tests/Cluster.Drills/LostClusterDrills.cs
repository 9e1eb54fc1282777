using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;

namespace Reranker.Cluster.Drills;

/// <summary>A cluster that loses all of its silos at once says so, and is back when others have taken their place.</summary>
public sealed class LostClusterDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    // Without a model to load, silos of other addresses took a minute and a half to find out that nobody is left to join.
    [Fact(Timeout = 60_000)]
    public async Task Silos_of_other_addresses_take_the_place_of_all_that_were_lost_and_callers_are_refused_meanwhile()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.CreateAny();
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        await cluster.StartAsync(silos: 2, gateways: 1, cancellation);
        var gateway = cluster.Gateways[0];
        Node[] lost = [.. cluster.Silos];
        using var http = new HttpClient();

        foreach (var silo in lost)
        {
            await silo.KillAsync(cancellation);
        }

        while (await gateway.IsReadyAsync(cancellation))
        {
            await Task.Delay(50, cancellation);
        }

        using (var response = await AskAsync())
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
        }

        Node[] others = [cluster.AddSilo(), cluster.AddSilo()];
        foreach (var silo in others)
        {
            await silo.LaunchAsync();
        }

        foreach (var node in others.Append(gateway))
        {
            await node.WaitUntilReadyAsync(cancellation);
        }

        using var answer = await AskAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        async Task<HttpResponseMessage> AskAsync()
        {
            using var content = JsonContent.Create(new JsonObject { ["query"] = "q", ["texts"] = new JsonArray("a", "b") });
            return await http.PostAsync(new Uri(gateway.Url, "/rerank"), content, cancellation);
        }
    }
}
