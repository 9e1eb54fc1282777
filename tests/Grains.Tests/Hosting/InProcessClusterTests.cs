using System.Net.NetworkInformation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Reranker.Grains.Hosting;
using Reranker.Grains.Models;
using Reranker.Grains.Workers;
using Reranker.Requests;
using Reranker.ServiceDefaults.Clustering;
using Reranker.ServiceDefaults.Configuration;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Hosting;

/// <summary>A silo that needs nobody else: real sockets, real membership, no gateway.</summary>
public sealed class InProcessClusterTests
{
    [Fact]
    public async Task Several_hosts_serve_side_by_side_and_listen_on_one_loopback_port_each()
    {
        var cancellation = TestContext.Current.CancellationToken;
        IHost[] hosts = [Build(), Build(), Build()];
        await Task.WhenAll(hosts.Select(h => h.StartAsync(cancellation)));

        var ports = hosts.Select(h => h.Services.GetRequiredService<IOptions<EndpointOptions>>().Value).ToArray();
        Assert.Equal(3, ports.Select(p => p.SiloPort).Distinct().Count());
        Assert.All(ports, p => Assert.Equal(0, p.GatewayPort));
        var listening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        Assert.All(ports, p => Assert.Equal(System.Net.IPAddress.Loopback, Assert.Single(listening, l => l.Port == p.SiloPort).Address));
        foreach (var host in hosts)
        {
            var reply = await host.Services.GetRequiredService<IClusterClient>().GetGrain<IRerankGrain>(7).RerankAsync(
                new RerankRequest { Query = "q", Passages = ["a"], RemainingMilliseconds = 10_000 }, cancellation);
            Assert.Equal(FakeScoringWorker.Score(FakePairTokenizer.Pair("q", "a")), Assert.Single(reply.Logits));
        }

        await Task.WhenAll(hosts.Select(h => h.StopAsync(cancellation)));
        Assert.All(hosts, h => Assert.True(h.Services.GetRequiredService<FakeWorkerHost>().IsStopped));
        foreach (var host in hosts)
        {
            host.Dispose();
        }
    }

    [Theory]
    [InlineData("Nonsense", "must be one of")]
    [InlineData("Redis", "ConnectionString")]
    [InlineData("PostgreSql", "ConnectionString")]
    public void A_clustering_that_cannot_work_is_refused_by_its_key(string clustering, string reason)
    {
        var error = Assert.Throws<SettingsException>(() => Build(clustering));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("Reranker:Clustering", error.Message, StringComparison.Ordinal);
    }

    private static IHost Build(string clustering = "InProcess")
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Reranker:Clustering", clustering)]);
        var workers = new FakeWorkerHost([new FakeScoringWorker(FakeModel.Default)], [FakeModel.Default.ToCatalog()]);
        builder.Services.AddSingleton(workers);
        builder.Services.AddSingleton<IWorkerHost>(workers);
        builder.Services.AddSingleton<IModelCatalog>(workers);
        builder.Services.AddSingleton<IModelHost>(workers);
        builder.UseOrleans(silo => silo.UseRerankerClustering().AddRerankerGrains());
        return builder.Build();
    }
}
