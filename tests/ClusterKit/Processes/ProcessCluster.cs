using System.Globalization;
using Reranker.ClusterKit.Certificates;
using Reranker.ClusterKit.Stores;
using Reranker.TestKit.Processes;

namespace Reranker.ClusterKit.Processes;

/// <summary>Silos and gateways as an operator starts them: processes of this machine, configured by environment variables.</summary>
public sealed class ProcessCluster(MembershipServer store, string model, ClusterCertificates? certificates = null) : IAsyncDisposable
{
    private readonly HttpClient _http = ClusterCertificates.CreateClient(certificates, TimeSpan.FromSeconds(5));
    private readonly List<Node> _silos = [];
    private readonly List<Node> _gateways = [];

    public IReadOnlyList<Node> Silos => _silos;

    public IReadOnlyList<Node> Gateways => _gateways;

    /// <summary>Another silo with two workers; it is not started.</summary>
    public Node AddSilo() => AddSilo("Reranker.Silo.dll");

    /// <summary>Another silo with two workers that is its own gateway; it is not started.</summary>
    public Node AddServer() => AddSilo("reranker.dll", "serve");

    /// <summary>Another gateway; it is not started.</summary>
    public Node AddGateway()
    {
        var node = new Node("Reranker.Gateway.dll", () => Environment(isSilo: false, ("Gateway__DrainDelay", "00:00:01")), _http) { IsHttps = certificates is not null };
        _gateways.Add(node);
        return node;
    }

    /// <summary>Starts a cluster, and waits until all of it is ready.</summary>
    public async Task StartAsync(int silos, int gateways, CancellationToken cancellationToken)
    {
        var nodes = Enumerable.Range(0, silos).Select(_ => AddSilo()).Concat(Enumerable.Range(0, gateways).Select(_ => AddGateway())).ToList();
        foreach (var node in nodes)
        {
            await node.LaunchAsync();
        }

        await Task.WhenAll(nodes.Select(node => node.WaitUntilReadyAsync(cancellationToken)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _silos.Concat(_gateways))
        {
            await node.DisposeAsync();
        }

        _http.Dispose();
    }

    private Node AddSilo(string program, params string[] arguments)
    {
        var (silo, gateway) = (LoopbackPorts.Take(), LoopbackPorts.Take());
        var node = new Node(
            program,
            () => Environment(
                isSilo: true,
                ("Reranker__Models__0", model),
                ("Reranker__Engine", "Scripted"),
                ("Reranker__Devices", "0,1"),
                ("Reranker__Scripted__PairsPerSecond", "300"),
                ("Reranker__Scripted__BatchTime", "00:00:00"),
                ("Reranker__Scripted__TokensPerSecond", "0"),
                ("Reranker__ShutdownTimeout", "00:00:20"),
                ("Reranker__Cluster__AdvertisedAddress", "127.0.0.1"),
                ("Reranker__Cluster__SiloPort", Text(silo)),
                ("Reranker__Cluster__GatewayPort", Text(gateway))),
            _http,
            arguments)
        {
            IsHttps = certificates is not null,
        };
        _silos.Add(node);
        return node;
    }

    private Dictionary<string, string> Environment(bool isSilo, params (string Name, string Value)[] own)
    {
        var variables = own.ToDictionary(static v => v.Name, static v => v.Value);
        variables["Reranker__Clustering"] = store.Clustering;
        variables["Reranker__Cluster__ConnectionString"] = store.ConnectionString;
        foreach (var (name, value) in certificates?.GetVariables(isSilo) ?? [])
        {
            variables[name] = value;
        }

        return variables;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
