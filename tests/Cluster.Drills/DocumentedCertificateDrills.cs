using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using Reranker.ClusterKit;
using Reranker.TestKit;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Drills;

/// <summary>The certificates that docs/security.md makes with OpenSSL do what it says: real processes with them, and each refused where it does not belong.</summary>
public sealed class DocumentedCertificateDrills(ScriptedModel model) : IClassFixture<ScriptedModel>, IDisposable
{
    private const string Start = "```bash\n";
    private const string Page = "docs/security.md";

    private readonly TempFolder _temp = new();
    private readonly int _siloPort = LoopbackPorts.Take();
    private readonly int _gatewayPort = LoopbackPorts.Take();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task The_commands_make_certificates_of_a_cluster_that_serves_over_https()
    {
        var stop = TestContext.Current.CancellationToken;
        await RunCommandsAsync();
        Assert.NotEqual(0, (await RunAsync($"openssl verify -CAfile ca.crt -purpose sslserver gateway.crt")).Code);
        Assert.NotEqual(0, (await RunAsync($"openssl verify -CAfile ca.crt -purpose sslclient http.crt")).Code);

        await using var refused = StartSilo("gateway");
        Assert.Equal(1, await refused.WaitForExitAsync(stop));
        Assert.Contains("does not work for a silo", refused.Error, StringComparison.Ordinal);
        await using var silo = StartSilo("silo");
        await silo.WaitForLineAsync("Application started", stop);
        await using var gateway = StartGateway();
        var url = new Uri(FindUrl(await gateway.WaitForLineAsync("Now listening on: ", stop)));
        using var client = CreateClient();
        while (!(await client.GetAsync(new Uri(url, "/health/ready"), stop)).IsSuccessStatusCode)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
        }

        using var reply = await client.PostAsJsonAsync(new Uri(url, "/v1/rerank"), new { query = "q", documents = new[] { "a", "b" } }, stop);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(stop));
    }

    private async Task RunCommandsAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(FindRoot(), Page), Stop);
        var start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        await File.WriteAllTextAsync(_temp["commands"], page[start..page.IndexOf("```", start, StringComparison.Ordinal)], Stop);
        var (code, output) = await RunAsync("bash -euo pipefail commands");
        Assert.True(code == 0, output);
    }

    private async Task<(int Code, string Output)> RunAsync(string command)
    {
        await using var process = ProgramProcess.StartTool("bash", ["-c", command], workingDirectory: _temp.Path);
        var code = await process.WaitForExitAsync(Stop);
        return (code, process.Output + process.Error);
    }

    private ProgramProcess StartSilo(string certificate) => StartProgram("Reranker.Silo.dll", certificate, new()
    {
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["Reranker__Models__0"] = model.Folder,
        ["Reranker__Engine"] = "Scripted",
    });

    private ProgramProcess StartGateway() => StartProgram("Reranker.Gateway.dll", "gateway", new()
    {
        ["ASPNETCORE_URLS"] = "https://127.0.0.1:0",
        ["Kestrel__Certificates__Default__Path"] = _temp["http.crt"],
        ["Kestrel__Certificates__Default__KeyPath"] = _temp["http.key"],
    });

    private ProgramProcess StartProgram(string program, string certificate, Dictionary<string, string> settings)
    {
        settings["Reranker__Clustering"] = "Localhost";
        settings["Reranker__Cluster__SiloPort"] = settings["Reranker__Cluster__PrimarySiloPort"] = _siloPort.ToString(CultureInfo.InvariantCulture);
        settings["Reranker__Cluster__GatewayPort"] = _gatewayPort.ToString(CultureInfo.InvariantCulture);
        settings["Reranker__Cluster__Tls__CertificatePath"] = _temp[$"{certificate}.crt"];
        settings["Reranker__Cluster__Tls__KeyPath"] = _temp[$"{certificate}.key"];
        settings["Reranker__Cluster__Tls__CaPath"] = _temp["ca.crt"];
        settings["Reranker__Cluster__Tls__SiloName"] = "silo.reranker.internal";
        return ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, program), [], environment: settings);
    }

    // It trusts the authority that was made, and looks at the name.
    private HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(_temp["ca.crt"]);
        return new HttpClient(handler);
    }

    private static string FindUrl(string line) => line[line.IndexOf("https", StringComparison.Ordinal)..].Trim();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, Page)))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository is not above the program.");
        }

        return folder;
    }
}
