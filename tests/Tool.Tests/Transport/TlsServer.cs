using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Reranker.ServiceDefaults;
using Reranker.ServiceDefaults.Startup;
using Reranker.TestKit;
using Reranker.TestKit.Certificates;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Cluster;

namespace Reranker.Tool.Tests.Transport;

/// <summary>A web server as every program of the reranker has one, with certificates of a test.</summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private WebApplication? _app;

    public TestAuthority Authority { get; } = new();

    public TempFolder Files { get; } = new();

    public FakeTimeProvider Time { get; } = new SynchronizedTime(TimeProvider.System.GetUtcNow());

    public CapturingLoggerProvider Log { get; } = new();

    public Uri Url => new(_app!.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>Writes certificate, key and authority.</summary>
    public IssuedCertificate WriteCertificate(string name, DateTimeOffset? notAfter = null)
    {
        var issued = Authority.Issue(name, notAfter: notAfter);
        issued.WriteTo(Files.Path);
        File.WriteAllText(Files["ca.crt"], Authority.Pem);
        return issued;
    }

    /// <summary>Starts it; <c>{}</c> in a value is the folder of the certificates.</summary>
    public async Task StartAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        _app = await BuildAsync(cancellationToken, settings);
        _app.MapGet("/", static (HttpContext context) => context.Request.Protocol);
        await _app.StartAsync(cancellationToken);
    }

    /// <summary>Builds it, which checks its settings.</summary>
    public Task<WebApplication> BuildAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("urls", "http://127.0.0.1:0")]);
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Key, s.Value.Replace("{}", Files.Path, StringComparison.Ordinal))));
        builder.Services.AddSingleton<TimeProvider>(Time);
        return HostStart.BuildAsync(
            builder,
            host =>
            {
                host.AddRerankerServiceDefaults();
                host.Logging.AddProvider(Log);
            },
            cancellationToken);
    }

    /// <summary>A client that trusts whoever answers, tells what it is shown, and shows a certificate itself.</summary>
    public HttpClient CreateClient(Action<string> seen, X509Certificate2? shown = null)
    {
        var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // It tells what it was shown, and the test judges that.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            seen(((X509Certificate2)certificate!).Thumbprint);
            return true;
        };
#pragma warning restore CA5359
        if (shown is not null)
        {
            handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(shown, null, offline: true);
        }

        return new HttpClient(handler) { BaseAddress = Url, DefaultRequestVersion = HttpVersion.Version11 };
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        Authority.Dispose();
        Files.Dispose();
    }
}
