using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Reranker.ClusterKit;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;
using Reranker.TestKit.Processes;

namespace Reranker.Cluster.Tests;

/// <summary>The ports of a real silo with mutual TLS, as whoever reaches them finds them.</summary>
public sealed class TlsPortTests : IClassFixture<ScriptedModel>, IDisposable
{
    private const string SiloName = "silo.reranker.test";

    private readonly ScriptedModel _model;
    private readonly TempFolder _temp = new();
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("stranger");

    public TlsPortTests(ScriptedModel model)
    {
        _model = model;
        File.WriteAllText(_temp["ca.crt"], _authority.Pem);
        _authority.Issue("silo", names: SiloName).WriteTo(_temp["silo"]);
        _authority.Issue("client", "client").WriteTo(_temp["client"]);
        _stranger.Issue("client", "client").WriteTo(_temp["stranger"]);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _temp.Dispose();
    }

    [Fact(Timeout = 180_000)]
    public async Task Nobody_without_a_certificate_of_the_authority_gets_onto_a_port_and_nobody_but_silos_onto_that_of_silos()
    {
        await using var silo = await StartSiloAsync();
        using var client = _authority.Issue("client", "client").Load();
        using var stranger = _stranger.Issue("silo", names: SiloName).Load();
        using var server = _authority.Issue("silo", "server", names: SiloName).Load();
        using var old = _authority.Issue("silo", notAfter: TimeProvider.System.GetUtcNow().AddMinutes(-1), names: SiloName).Load();

        // Each of these ends when the silo closes the connection.
        foreach (var port in (int[])[silo.SiloPort, silo.GatewayPort])
        {
            await FindClosedWithoutTlsAsync(port);
            foreach (var wrong in (X509Certificate2?[])[null, stranger, server, old])
            {
                await FindClosedAsync(port, wrong);
            }
        }

        await FindClosedAsync(silo.SiloPort, client);
        await silo.Process.WaitForLineAsync("A peer was refused (silo port): its certificate CN=client", TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_gateway_with_a_certificate_is_answered_and_others_find_no_silo()
    {
        await using var silo = await StartSiloAsync();

        await using var right = StartGateway(silo, "client", SiloName);
        await WaitUntilReadyAsync(right);

        // A certificate that silos refuse is found at the start.
        await using var stranger = StartGateway(silo, "stranger", SiloName);
        Assert.Equal(1, await stranger.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("comes from none of the authorities", stranger.Error, StringComparison.Ordinal);

        (string? Certificate, string? SiloName)[] others = [(null, null), ("client", "another.reranker.test")];
        foreach (var (certificate, siloName) in others)
        {
            await using var gateway = StartGateway(silo, certificate, siloName);
            await gateway.WaitForLineAsync("No silo of the cluster can be reached", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(gateway));
        }
    }

    private ProgramProcess StartGateway(LocalSilo silo, string? certificate, string? siloName)
    {
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Reranker__Clustering"] = "Localhost",
            ["Reranker__Cluster__GatewayPort"] = silo.GatewayPort.ToString(CultureInfo.InvariantCulture),
        };
        if (certificate is not null)
        {
            settings["Reranker__Cluster__Tls__CertificatePath"] = Path.Combine(_temp[certificate], "tls.crt");
            settings["Reranker__Cluster__Tls__KeyPath"] = Path.Combine(_temp[certificate], "tls.key");
            settings["Reranker__Cluster__Tls__CaPath"] = _temp["ca.crt"];
        }

        if (siloName is not null)
        {
            settings["Reranker__Cluster__Tls__SiloName"] = siloName;
        }

        return ProgramProcess.Start(Path.Combine(AppContext.BaseDirectory, "Reranker.Gateway.dll"), [], environment: settings);
    }

    private static async Task WaitUntilReadyAsync(ProgramProcess gateway)
    {
        while (await AskAsync(gateway) != HttpStatusCode.OK)
        {
            await Task.Delay(50, Stop);
        }
    }

    private static async Task<HttpStatusCode> AskAsync(ProgramProcess gateway)
    {
        var line = await gateway.WaitForLineAsync("Now listening on:", Stop);
        using var http = new HttpClient { BaseAddress = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..].Trim()) };
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop);
        return response.StatusCode;
    }

    private async Task<LocalSilo> StartSiloAsync()
    {
        var silo = LocalSilo.Start(_model.Folder, new()
        {
            ["Reranker__Cluster__Tls__CertificatePath"] = Path.Combine(_temp["silo"], "tls.crt"),
            ["Reranker__Cluster__Tls__KeyPath"] = Path.Combine(_temp["silo"], "tls.key"),
            ["Reranker__Cluster__Tls__CaPath"] = _temp["ca.crt"],
            ["Reranker__Cluster__Tls__SiloName"] = SiloName,
        });
        await silo.Process.WaitForLineAsync("Application started", Stop);
        return silo;
    }

    private static async Task FindClosedAsync(int port, X509Certificate2? certificate)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, Stop);
        try
        {
            await using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = SiloName,
                    ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                    // A client that is to be refused does not look whom it talks to.
#pragma warning disable CA5359
                    RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
                },
                Stop);
            Assert.Equal(0, await tls.ReadAsync(new byte[1], Stop));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // Closed with an alert.
        }
    }

    private static async Task FindClosedWithoutTlsAsync(int port)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port, Stop);
        await tcp.GetStream().WriteAsync("in plain text, which no handshake begins with"u8.ToArray(), Stop);
        try
        {
            // What comes before the end is an alert of TLS.
            while (await tcp.GetStream().ReadAsync(new byte[64], Stop) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset.
        }
    }
}
