using System.Globalization;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills;

/// <summary>The port for gRPC that the chart renders, on a real gateway: HTTP/2 without TLS, ready when the gateway is.</summary>
public sealed class RenderedGrpcDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    [Fact(Timeout = 120_000)]
    public async Task A_rendered_gateway_speaks_gRPC_at_the_port_that_service_and_policy_open()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var documents = new RenderedDocuments(await Chart.RenderAsync("4", "23-grpc-values.yaml"));
        var pod = new RenderedPod(documents.Find("Deployment", "-gateway"));
        var service = documents.FindAll("Service").Single(static s => RenderedDocuments.ReadText(s, "metadata", "name") == "search-reranker");
        var policy = documents.Find("NetworkPolicy", "-gateway");
        Assert.Equal(["grpc", "grpc", "kubernetes.io/h2c"], ((string[])["name", "targetPort", "appProtocol"]).Select(k => RenderedDocuments.ReadText(service, "spec", "ports", "1", k)));
        Assert.Equal("grpc", RenderedDocuments.ReadText(policy, "spec", "ingress", "0", "ports", "1", "port"));
        Assert.Equal(RenderedDocuments.ReadText(service, "spec", "ports", "1", "port"), RenderedDocuments.ReadText(documents.FindAll("GRPCRoute").Single(), "spec", "rules", "0", "backendRefs", "0", "port"));

        await using var store = MembershipServer.Create(nameof(RedisServer.Redis));
        await store.StartAsync(cancellation);
        await using var cluster = new ProcessCluster(store, model.Folder);
        var silo = cluster.AddSilo();
        var variables = pod.ReadEnvironment(new Dictionary<string, string>());
        silo.Variables = [.. variables.Where(static v => v.Key is "Reranker__Cluster__ClusterId" or "Reranker__Cluster__ServiceId").Select(static v => (v.Key, v.Value))];
        await silo.LaunchAsync();
        Assert.Equal($"http://*:{pod.ReadPort("grpc")}", variables["Gateway__Grpc__Url"]);
        var grpc = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPorts.Take()}"));
        variables["Gateway__Grpc__Url"] = grpc.ToString();
        variables["Reranker__Cluster__ConnectionString"] = store.ConnectionString;
        using var http = new HttpClient();
        await using var gateway = new Node("Reranker.Gateway.dll", () => variables, http);

        await gateway.StartAsync(cancellation);

        Assert.Equal(GrpcHealth.Serving, await GrpcHealth.CheckAsync(http, grpc, cancellation));
    }
}
