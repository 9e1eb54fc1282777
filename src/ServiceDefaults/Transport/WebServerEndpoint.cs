using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Reranker.Certificates;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>One endpoint of the web server's own section.</summary>
/// <param name="Section">Its section.</param>
internal sealed record WebServerEndpoint(IConfigurationSection Section)
{
    /// <summary>The certificate of its own.</summary>
    public IConfigurationSection Certificate => Section.GetSection(WebServerKeys.Certificate);

    /// <summary>All certificates that it may show.</summary>
    public IEnumerable<IConfigurationSection> ListCertificates()
        => Section.GetSection("Sni").GetChildren().Select(static name => name.GetSection(WebServerKeys.Certificate)).Prepend(Certificate);

    /// <summary>Whether it chooses certificates by the name that a caller asks for; the web server then does that alone.</summary>
    public bool ChoosesByName => Section.GetSection("Sni").GetChildren().Any();

    /// <summary>Whether it speaks TLS.</summary>
    public bool IsHttps => Section["Url"]?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>All of them.</summary>
    public static IEnumerable<WebServerEndpoint> ListEndpoints(IConfiguration configuration)
        => configuration.GetSection(WebServerKeys.Endpoints).GetChildren().Select(static s => new WebServerEndpoint(s));

    /// <summary>Where the certificate of a section is; null where it is in a store of the machine, or nowhere.</summary>
    public static CertificateLocation? FindLocation(IConfigurationSection certificate)
        => certificate["Path"] is { Length: > 0 } path ? new CertificateLocation(path, Fill(certificate["KeyPath"]), Fill(certificate["Password"])) : null;

    /// <summary>The section of the certificate that endpoints without one of their own have.</summary>
    public static IConfigurationSection GetDefaultCertificate(IConfiguration configuration) => configuration.GetSection(WebServerKeys.DefaultCertificate);

    /// <summary>Whether any endpoint asks its callers for a certificate.</summary>
    public static bool AsksCallers(IConfiguration configuration)
        => configuration.GetSection(WebServerKeys.Root).AsEnumerable().Any(static e =>
            e.Key.EndsWith($":{WebServerKeys.ClientCertificateMode}", StringComparison.OrdinalIgnoreCase)
            && Enum.TryParse<ClientCertificateMode>(e.Value, ignoreCase: true, out var mode)
            && mode != ClientCertificateMode.NoCertificate);

    private static string? Fill(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
