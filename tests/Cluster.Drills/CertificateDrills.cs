using Reranker.ClusterKit;
using Reranker.ClusterKit.Certificates;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;

namespace Reranker.Cluster.Drills;

/// <summary>Certificates and their authority are replaced in a cluster with TLS everywhere, while requests come all the time.</summary>
public sealed class CertificateDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    [Fact(Timeout = 240_000)]
    public async Task Certificates_and_their_authority_are_replaced_without_a_restart_and_without_a_failed_request()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var store = MembershipServer.CreateAny();
        await store.StartAsync(stop);
        using var certificates = new ClusterCertificates();
        await using var cluster = new ProcessCluster(store, model.Folder, certificates);
        await cluster.StartAsync(silos: 2, gateways: 2, stop);
        await using var load = Load.Start(cluster.Gateways, await KnownScores.CreateAsync(model.Folder, stop), certificates: certificates);
        await load.MoreAsync(30, stop);

        // The same authority issues new ones.
        certificates.IssueAll();
        await WaitUntilAllShowAsync(cluster, certificates, stop);
        await load.MoreAsync(30, stop);

        // Then another authority: both are believed, all certificates are of the new one, the old one is not believed any more.
        certificates.AddAuthority();
        await load.MoreAsync(60, stop);
        certificates.IssueAll();
        await WaitUntilAllShowAsync(cluster, certificates, stop);
        certificates.DropOldAuthority();
        await load.MoreAsync(60, stop);

        // New connections between all processes, with what there is now: a silo joins, and a gateway comes back.
        var newcomer = cluster.AddSilo();
        await newcomer.StartAsync(stop);
        var gateway = cluster.Gateways[0];
        await gateway.Process.SignalAsync("TERM");
        Assert.Equal(0, await gateway.Process.WaitForExitAsync(stop));
        await gateway.StartAsync(stop);
        await gateway.WaitForWorkersAsync(6, stop);
        while (await newcomer.MetricAsync("reranker_batch_pairs_total", stop) == 0)
        {
            await load.MoreAsync(5, stop);
        }

        Assert.Equal("", await load.StopAsync());
        Assert.True(await gateway.MetricAsync("reranker_certificate_not_after_seconds", stop) > TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        Assert.All(cluster.Silos.Concat(cluster.Gateways), static node => Assert.DoesNotContain("was refused", node.Process.Output, StringComparison.Ordinal));
    }

    private static async Task WaitUntilAllShowAsync(ProcessCluster cluster, ClusterCertificates certificates, CancellationToken stop)
    {
        foreach (var node in cluster.Silos.Concat(cluster.Gateways))
        {
            var shown = "";
            do
            {
                using var client = ClusterCertificates.CreateClient(certificates, TimeSpan.FromSeconds(5), thumbprint => shown = thumbprint);
                using var response = await client.GetAsync(new Uri(node.Url, "/health/live"), stop);
            }
            while (shown != certificates.HttpThumbprint);
        }
    }
}
