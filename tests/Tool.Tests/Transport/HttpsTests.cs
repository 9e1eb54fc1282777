using System.Net;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;

namespace Reranker.Tool.Tests.Transport;

/// <summary>TLS of the web server, by its own settings.</summary>
public sealed class HttpsTests : IAsyncDisposable
{
    private static readonly (string, string)[] OfEndpoint =
    [
        ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"),
        ("Kestrel:Endpoints:Https:Certificate:Path", "{}/tls.crt"),
        ("Kestrel:Endpoints:Https:Certificate:KeyPath", "{}/tls.key"),
    ];

    private static readonly (string, string)[] OfUrls =
    [
        ("urls", "https://127.0.0.1:0"),
        ("Kestrel:Certificates:Default:Path", "{}/tls.crt"),
        ("Kestrel:Certificates:Default:KeyPath", "{}/tls.key"),
    ];

    private readonly TlsServer _server = new();
    private readonly List<string> _seen = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_certificate_is_shown_to_new_connections_while_those_that_stand_go_on(bool isEndpoint)
    {
        var first = _server.WriteCertificate("first");
        await _server.StartAsync(Stop, isEndpoint ? OfEndpoint : OfUrls);
        using var standing = _server.CreateClient(_seen.Add);
        Assert.Equal("HTTP/1.1", await standing.GetStringAsync("/", Stop));

        var second = _server.WriteCertificate("second");
        _server.Time.Advance(TimeSpan.FromSeconds(1));
        using var fresh = _server.CreateClient(_seen.Add);
        Assert.Equal("HTTP/1.1", await fresh.GetStringAsync("/", Stop));
        Assert.Equal("HTTP/1.1", await standing.GetStringAsync("/", Stop));

        Assert.Equal([first.Thumbprint, second.Thumbprint], _seen);
    }

    [Fact]
    public async Task One_port_speaks_both_versions_of_http()
    {
        _server.WriteCertificate("both");
        await _server.StartAsync(Stop, OfEndpoint);
        using var client = _server.CreateClient(_seen.Add);

        Assert.Equal("HTTP/1.1", await client.GetStringAsync("/", Stop));
        using var again = _server.CreateClient(_seen.Add);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await again.SendAsync(request, Stop);

        Assert.Equal("HTTP/2", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task Callers_without_a_certificate_of_the_authority_are_refused()
    {
        _server.WriteCertificate("server");
        await _server.StartAsync(Stop, [.. OfEndpoint, ("Kestrel:Endpoints:Https:ClientCertificateMode", "RequireCertificate"), ("Reranker:Https:ClientCaPath", "{}/ca.crt")]);
        using var stranger = new TestAuthority("stranger");
        using var right = _server.Authority.Issue("caller", "client").Load();
        using var ofStranger = stranger.Issue("caller", "client").Load();
        using var ofServer = _server.Authority.Issue("caller", "server").Load();

        using var client = _server.CreateClient(_seen.Add, right);
        Assert.Equal("HTTP/1.1", await client.GetStringAsync("/", Stop));
        foreach (var wrong in new[] { null, ofStranger, ofServer })
        {
            using var refused = _server.CreateClient(_seen.Add, wrong);
            await Assert.ThrowsAsync<HttpRequestException>(() => refused.GetStringAsync("/", Stop));
        }

        await Until.TrueAsync(() => HasLogged("refused in its handshake") && HasLogged("is not for clients") && HasLogged("comes from none of the authorities"));
    }

    [Fact]
    public async Task A_certificate_that_is_about_to_end_and_one_that_cannot_be_read_are_warned_of()
    {
        _server.WriteCertificate("short", _server.Time.GetUtcNow().AddDays(13));
        await _server.StartAsync(Stop, OfEndpoint);
        await Until.TrueAsync(() => HasLogged("ends at"));

        File.WriteAllText(_server.Files["tls.key"], "half of a ke");
        await Until.TrueAsync(() => AdvanceUntil("is not used"));

        _server.WriteCertificate("long");
        await Until.TrueAsync(() => AdvanceUntil("was replaced"));
    }

    private bool AdvanceUntil(string text)
    {
        _server.Time.Advance(TimeSpan.FromSeconds(30));
        return HasLogged(text);
    }

    private bool HasLogged(string text) => _server.Log.Lines.Any(line => line.Contains(text, StringComparison.Ordinal));
}
