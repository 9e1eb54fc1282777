using Microsoft.Extensions.Configuration;
using Reranker.Certificates;
using Reranker.Files;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>Checks what the web server reads itself: it drops keys that it does not know, and says of others what is wrong in a stack of calls.</summary>
internal sealed class WebServerCheck(IConfiguration configuration) : IStartCheck
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private const string ClientCa = $"{HttpsSettings.Section}:{nameof(HttpsSettings.ClientCaPath)}";

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<string>>([.. FindKeyFaults(), .. FindEndpointFaults(), .. FindCertificateFaults(), .. FindCallerFaults()]);

    private IEnumerable<string> FindKeyFaults() => configuration.GetSection(WebServerKeys.Root).AsEnumerable()
        .Where(static e => !string.IsNullOrEmpty(e.Value))
        .Select(static e => WebServerKeys.FindFault(e.Key, e.Value!))
        .OfType<string>();

    private IEnumerable<string> FindEndpointFaults()
    {
        foreach (var endpoint in WebServerEndpoint.ListEndpoints(configuration))
        {
            var key = endpoint.Section.Path;
            if (string.IsNullOrEmpty(endpoint.Section["Url"]))
            {
                yield return $"{key} has no Url, such as https://*:8443.";
            }
            else if (!endpoint.IsHttps && (endpoint.Certificate.Exists() || endpoint.ChoosesByName || endpoint.Section[WebServerKeys.ClientCertificateMode] is not null))
            {
                yield return $"{key}:Url is '{endpoint.Section["Url"]}', and what {key} says of certificates is for https.";
            }
        }
    }

    private IEnumerable<string> FindCertificateFaults()
    {
        IConfigurationSection[] sections =
        [
            WebServerEndpoint.GetDefaultCertificate(configuration),
            .. WebServerEndpoint.ListEndpoints(configuration).SelectMany(static e => e.ListCertificates()),
        ];
        return sections.Where(static s => s.Exists()).Select(static s => WebServerCertificateRules.FindFault(s)).OfType<string>();
    }

    private IEnumerable<string> FindCallerFaults()
    {
        var path = configuration[ClientCa];
        var asks = WebServerEndpoint.AsksCallers(configuration);
        if (string.IsNullOrEmpty(path))
        {
            // Every authority of the machine would do, which hands out certificates to whoever pays.
            return asks ? [$"{ClientCa} is missing: {WebServerKeys.ClientCertificateMode} asks callers for a certificate, and it says whose are believed."] : [];
        }

        return !asks ? [$"{ClientCa} is set, and no {WebServerKeys.ClientCertificateMode} asks callers for a certificate."]
            : FindFault(() => ReadAuthorities(path)) is { } fault ? [$"{ClientCa} does not work: {fault}"]
            : [];
    }

    private static TrustedAuthorities ReadAuthorities(string path) => CertificateReader.ReadAuthorities(path, RegularFile.ReadBytes(path, MaxBytes));

    private static string? FindFault(Func<object> read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
