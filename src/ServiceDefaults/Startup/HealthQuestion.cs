using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>
/// The health check of a container that has neither a shell nor curl: the program itself, started a second time with the settings of
/// the first, asks that one whether it is ready.
/// </summary>
public static class HealthQuestion
{
    private const int NotReady = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Asks the process that listens where these settings say, and writes what it answered.</summary>
    /// <returns>0 when it is ready; else 1.</returns>
    public static async Task<int> AskAsync(IConfiguration configuration, TextWriter output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(output);
        if (FindOwnAddress(configuration) is not { } address)
        {
            await output.WriteLineAsync("The settings name no port at which this program could be asked.");
            return NotReady;
        }

        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = CreateOwnTls() };
            using var http = new HttpClient(handler) { Timeout = Patience };
            using var response = await http.GetAsync(new Uri(address, "/health/ready"), cancellationToken);
            await output.WriteLineAsync(await response.Content.ReadAsStringAsync(cancellationToken));
            return response.IsSuccessStatusCode ? 0 : NotReady;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await output.WriteLineAsync($"No answer from {address}: {e.Message}");
            return NotReady;
        }
    }

    /// <summary>Where a process of this machine reaches what listens as configured, without TLS where there is a choice; null for no port.</summary>
    internal static Uri? FindOwnAddress(IConfiguration configuration) => ListenAddress.Read(configuration)
        .OrderBy(static a => a.Url.StartsWith("https", StringComparison.OrdinalIgnoreCase))
        .Select(static a => FindOwnAddress(a.Url))
        .FirstOrDefault(static a => a is not null);

    private static Uri? FindOwnAddress(string url)
    {
        BindingAddress listen;
        try
        {
            listen = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }

        var host = listen.Host switch { "*" or "+" or "0.0.0.0" => "127.0.0.1", "[::]" => "[::1]", var other => other };
        return listen.IsUnixPipe || listen.IsNamedPipe || listen.Port == 0
            ? null
            : Uri.TryCreate($"{listen.Scheme}://{host}:{listen.Port}", UriKind.Absolute, out var address) ? address : null;
    }

    [SuppressMessage("Security", "CA5359", Justification = "It asks itself, by an address that no certificate names, and tells it nothing.")]
    private static SslClientAuthenticationOptions CreateOwnTls() => new() { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
}
