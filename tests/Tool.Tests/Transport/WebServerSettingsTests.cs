using Reranker.ServiceDefaults.Configuration;
using Reranker.TestKit;

namespace Reranker.Tool.Tests.Transport;

/// <summary>What the web server would drop or explain with a stack of calls stops the start with one sentence.</summary>
public sealed class WebServerSettingsTests : IAsyncDisposable
{
    private const string Https = "Kestrel:Endpoints:Https:Url=https://127.0.0.1:0";
    private const string Path = "Kestrel:Endpoints:Https:Certificate:Path={}/tls.crt";
    private const string Key = "Kestrel:Endpoints:Https:Certificate:KeyPath={}/tls.key";
    private const string Asks = "Kestrel:Endpoints:Https:ClientCertificateMode=RequireCertificate";

    private readonly TlsServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("Kestrel:Endpoints:Https:Certifcate:Path", Https, Path, Key, "Kestrel:Endpoints:Https:Certifcate:Path={}/tls.crt")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections", "Kestrel:Limits:MaxConcurrentConnections=5")]
    [InlineData("Kestrel:Endpoints:Https has no Url", "Kestrel:Endpoints:Https:Protocols=Http1")]
    [InlineData("Kestrel:Endpoints:Https:Protocols is 'Http9'", Https, Path, Key, "Kestrel:Endpoints:Https:Protocols=Http9")]
    [InlineData("Kestrel:Endpoints:Https:Protocols is '3'", Https, Path, Key, "Kestrel:Endpoints:Https:Protocols=3")]
    [InlineData("SslProtocols:0 is 'TLS1.3'", Https, Path, Key, "Kestrel:Endpoints:Https:SslProtocols:0=TLS1.3")]
    [InlineData("is for https", "Kestrel:Endpoints:Plain:Url=http://127.0.0.1:0", "Kestrel:Endpoints:Plain:Certificate:Path={}/tls.crt", "Kestrel:Endpoints:Plain:Certificate:KeyPath={}/tls.key")]
    [InlineData("Kestrel:Endpoints:Https:Certificate:Path does not work", Https, "Kestrel:Endpoints:Https:Certificate:Path={}/nowhere.crt")]
    [InlineData("Kestrel:Endpoints:Https:Certificate:Path does not work", Https, Path, "Kestrel:Endpoints:Https:Certificate:KeyPath={}/ca.crt")]
    [InlineData("Kestrel:Endpoints:Https:Certificate:KeyPath is set, and Kestrel:Endpoints:Https:Certificate:Path", Https, Key)]
    [InlineData("Kestrel:Certificates:Default:KeyPath is set, and", "urls=https://127.0.0.1:0", "Kestrel:Certificates:Default:KeyPath={}/tls.key")]
    [InlineData("Kestrel:Certificates:Default:Password is set, and", "Kestrel:Certificates:Default:Password=secret")]
    [InlineData("Kestrel:Certificates:Default:Store is set, and", "Kestrel:Certificates:Default:Store=My")]
    [InlineData("needs a certificate", "urls=https://127.0.0.1:0", "Kestrel:Certificates:Default:Path=")]
    [InlineData("has both Path", Https, Path, Key, "Kestrel:Endpoints:Https:Certificate:Subject=nobody")]
    [InlineData("has no such certificate", Https, "Kestrel:Endpoints:Https:Certificate:Subject=nobody")]
    [InlineData("Location is 'Elsewhere'", Https, "Kestrel:Endpoints:Https:Certificate:Subject=nobody", "Kestrel:Endpoints:Https:Certificate:Location=Elsewhere")]
    [InlineData("Sni:a.example:Certificate:KeyPath is set, and", Https, "Kestrel:Endpoints:Https:Sni:a.example:Certificate:KeyPath={}/tls.key")]
    [InlineData("no regular file", Https, "Kestrel:Endpoints:Https:Certificate:Path={}/pipe")]
    [InlineData("is a folder", Https, Path, "Kestrel:Endpoints:Https:Certificate:KeyPath={}")]
    [InlineData("no regular file", Https, Path, Key, Asks, "Reranker:Https:ClientCaPath={}/pipe")]
    [InlineData("no regular file", "urls=http://127.0.0.1:0", "Reranker:Cluster:Tls:CertificatePath={}/tls.crt", "Reranker:Cluster:Tls:KeyPath={}/tls.key", "Reranker:Cluster:Tls:CaPath={}/pipe")]
    [InlineData("Reranker:Https:ClientCaPath is missing", Https, Path, Key, Asks)]
    [InlineData("Reranker:Https:ClientCaPath is set, and no", Https, Path, Key, "Reranker:Https:ClientCaPath={}/ca.crt")]
    [InlineData("Reranker:Https:ClientCaPath does not work", Https, Path, Key, Asks, "Reranker:Https:ClientCaPath={}/tls.key")]
    [InlineData("Reranker:Cluster:Tls:CaPath is missing", "urls=http://127.0.0.1:0", "Reranker:Cluster:Tls:CertificatePath={}/tls.crt")]
    [InlineData("CertificatePath, which switches TLS on, is not", "urls=http://127.0.0.1:0", "Reranker:Cluster:Tls:CaPath={}/ca.crt")]
    [InlineData("Reranker:Cluster:Tls does not work", "urls=http://127.0.0.1:0", "Reranker:Cluster:Tls:CertificatePath={}/tls.crt", "Reranker:Cluster:Tls:CaPath={}/ca.crt")]
    public async Task A_setting_that_cannot_work_is_one_sentence(string expected, params string[] settings)
    {
        _server.WriteCertificate("server");
        await Pipes.CreatePipeAsync(_server.Files["pipe"]);

        var fault = await Assert.ThrowsAsync<SettingsException>(() => _server.BuildAsync(
            TestContext.Current.CancellationToken, [.. settings.Select(static s => (s.Split('=')[0], s.Split('=')[1]))]));

        Assert.Contains(expected, Assert.Single(fault.Faults), StringComparison.Ordinal);
    }
}
