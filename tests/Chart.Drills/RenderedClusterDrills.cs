using System.Globalization;
using System.Net;
using Reranker.ClusterKit;
using Reranker.ClusterKit.Certificates;
using Reranker.ClusterKit.Processes;
using Reranker.ClusterKit.Stores;
using Reranker.ClusterKit.Traffic;
using Reranker.TestKit.Processes;

namespace Reranker.Chart.Drills;

/// <summary>
/// What the chart renders starts a cluster: its environment, probes and grace periods, applied to real processes on loopback as the kubelet
/// would apply them.
/// </summary>
public sealed class RenderedClusterDrills(ScriptedModel model) : IClassFixture<ScriptedModel>
{
    private static readonly string[] Probes = ["startupProbe", "livenessProbe", "readinessProbe"];

    [Fact(Timeout = 300_000)]
    public async Task A_rendered_cluster_serves_with_its_keys_and_TLS_and_is_restarted_under_load_without_a_failed_request()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var documents = new RenderedDocuments(await Chart.RenderAsync(
            "4",
            "18-scripted-values.yaml",
            "--set", "gateway.grpc.enabled=true",
            "--set", "gateway.apiKeys.keys[0].tenant=search,gateway.apiKeys.keys[0].existingSecret=keys,gateway.apiKeys.keys[0].key=search",
            "--set", $"tls.http.enabled=true,tls.http.existingSecret=http,tls.cluster.enabled=true,tls.cluster.siloSecret=silo,tls.cluster.gatewaySecret=gateway,tls.cluster.siloName={ClusterCertificates.SiloName}"));
        var secrets = new Dictionary<string, string> { ["keys/search"] = "a-key-of-this-drill-alone" };
        var (silo, gateway) = (new RenderedPod(documents.Find("Deployment", "-silo-cpu")), new RenderedPod(documents.Find("Deployment", "-gateway")));

        await using var store = MembershipServer.Create(nameof(RedisServer.Redis));
        await store.StartAsync(cancellation);
        using var certificates = new ClusterCertificates();
        using var http = ClusterCertificates.CreateClient(certificates, TimeSpan.FromSeconds(30));
        var silos = Enumerable.Range(0, silo.Replicas).Select(_ => CreateSilo(silo, store, secrets, certificates, http)).ToList();
        var gateways = Enumerable.Range(0, gateway.Replicas).Select(_ => CreateNode("Reranker.Gateway.dll", gateway, store, secrets, certificates, http)).ToList();
        try
        {
            foreach (var node in silos.Concat(gateways))
            {
                await node.LaunchAsync();
            }

            await StartedAsync(silo, silos, cancellation);
            await StartedAsync(gateway, gateways, cancellation);
            Assert.Equal(HttpStatusCode.Unauthorized, await ScoreWithoutKeyAsync(http, gateways[0], cancellation));

            Assert.Equal(GrpcHealth.Serving, await GrpcHealth.CheckAsync(http, gateways[0].Url, cancellation));
            await using var load = Load.Start(gateways, await KnownScores.CreateAsync(model.Folder, cancellation), secrets["keys/search"], certificates);
            await load.MoreAsync(30, cancellation);
            foreach (var (node, pod) in silos.Select(s => (s, silo)).Concat(gateways.Select(g => (g, gateway))))
            {
                await StopAsync(node, pod, cancellation);
                await node.StartAsync(cancellation);
            }

            await load.MoreAsync(30, cancellation);
            Assert.Equal("", await load.StopAsync());
        }
        finally
        {
            foreach (var node in silos.Concat(gateways))
            {
                await node.DisposeAsync();
            }
        }
    }

    private Node CreateSilo(RenderedPod pod, MembershipServer store, Dictionary<string, string> secrets, ClusterCertificates certificates, HttpClient http)
    {
        var node = CreateNode("Reranker.Silo.dll", pod, store, secrets, certificates, http);
        node.Variables = [("Reranker__Cluster__SiloPort", TakePort()), ("Reranker__Cluster__GatewayPort", TakePort())];
        return node;
    }

    /// <summary>A process with the rendered environment; what is of the machine alone (ports, paths, the store's address) is this one's.</summary>
    private Node CreateNode(
        string program, RenderedPod pod, MembershipServer store, Dictionary<string, string> secrets, ClusterCertificates certificates, HttpClient http)
    {
        var variables = pod.ReadEnvironment(secrets);
        var isSilo = program == "Reranker.Silo.dll";
        Assert.Equal(isSilo ? "http://*:8080" : "https://*:8080", variables["ASPNETCORE_URLS"]);
        Assert.Equal(isSilo ? "HTTP" : "HTTPS", pod.ReadProbeScheme("readinessProbe"));
        foreach (var file in variables.Where(static v => v.Value.StartsWith("/tls/", StringComparison.Ordinal)).ToList())
        {
            Assert.Equal(isSilo ? "silo" : file.Value.StartsWith("/tls/http/", StringComparison.Ordinal) ? "http" : "gateway", pod.FindSecretOf(file.Value));
            variables[file.Key] = certificates.GetVariables(isSilo)[file.Key];
        }

        Assert.Equal("search-reranker-redis:6379", variables["Reranker__Cluster__ConnectionString"]);
        variables["Reranker__Cluster__ConnectionString"] = store.ConnectionString;
        variables.Remove("XDG_CACHE_HOME");
        variables.Remove("Reranker__TensorRt__EngineCache");
        if (variables.TryGetValue("Reranker__Models__0", out var folder))
        {
            Assert.Equal("/app/models/mini", folder);
            variables["Reranker__Models__0"] = model.Folder;
        }

        return new Node(program, () => variables, http) { IsHttps = !isSilo };
    }

    private static string TakePort() => LoopbackPorts.Take().ToString(CultureInfo.InvariantCulture);

    /// <summary>Waits as the kubelet does: for the startup probe, no longer than it allows, and then for the other two.</summary>
    private static async Task StartedAsync(RenderedPod pod, List<Node> nodes, CancellationToken cancellationToken)
    {
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        budget.CancelAfter(pod.ReadProbeTime("startupProbe"));
        foreach (var node in nodes)
        {
            await node.WaitUntilReadyAsync(budget.Token);
            foreach (var probe in Probes)
            {
                Assert.Equal(HttpStatusCode.OK, (await node.AskAsync(pod.ReadProbePath(probe), cancellationToken)).Status);
            }
        }
    }

    /// <summary>A signal, and a kill when the grace period is over; a killed process has another exit code.</summary>
    private static async Task StopAsync(Node node, RenderedPod pod, CancellationToken cancellationToken)
    {
        await node.Process.SignalAsync("TERM");
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(pod.GracePeriod);
        try
        {
            Assert.Equal(0, await node.Process.WaitForExitAsync(grace.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await node.KillAsync(cancellationToken);
            Assert.Fail("The grace period was too short.");
        }
    }

    private static async Task<HttpStatusCode> ScoreWithoutKeyAsync(HttpClient http, Node gateway, CancellationToken cancellationToken)
    {
        using var body = new StringContent("""{"query":"a","texts":["b"]}""");
        using var response = await http.PostAsync(new Uri(gateway.Url, "/rerank"), body, cancellationToken);
        return response.StatusCode;
    }
}
