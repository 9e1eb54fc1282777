using System.Globalization;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Tests;

/// <summary>One silo with localhost clustering, for clients of all kinds.</summary>
internal sealed class LocalSilo : IAsyncDisposable
{
    private LocalSilo(string model, Dictionary<string, string>? settings) => Process = ProgramProcess.Start(
        Path.Combine(AppContext.BaseDirectory, "Reranker.Silo.dll"),
        [],
        environment: new Dictionary<string, string>(settings ?? [])
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Reranker__Models__0"] = model,
            ["Reranker__Engine"] = "Scripted",
            ["Reranker__Clustering"] = "Localhost",
            ["Reranker__Cluster__SiloPort"] = Text(SiloPort),
            ["Reranker__Cluster__PrimarySiloPort"] = Text(SiloPort),
            ["Reranker__Cluster__GatewayPort"] = Text(GatewayPort),
        });

    public ProgramProcess Process { get; }

    public int SiloPort { get; } = LoopbackPorts.Take();

    public int GatewayPort { get; } = LoopbackPorts.Take();

    public static LocalSilo Start(string model, Dictionary<string, string>? settings = null) => new(model, settings);

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
