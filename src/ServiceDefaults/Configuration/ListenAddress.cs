using Microsoft.Extensions.Configuration;

namespace Reranker.ServiceDefaults.Configuration;

/// <summary>Where the web server is told to listen.</summary>
/// <param name="Key">The key that says so.</param>
/// <param name="Url">The address.</param>
/// <param name="HasCertificate">Whether there is a certificate for HTTPS.</param>
public sealed record ListenAddress(string Key, string Url, bool HasCertificate)
{
    /// <summary>Key of the list of addresses, which <c>ASPNETCORE_URLS</c> and <c>--urls</c> set.</summary>
    public const string UrlsKey = "urls";

    // What the web server does where nothing is said.
    private const string Default = "http://localhost:5000";
    private const string Endpoints = "Kestrel:Endpoints";
    private const string PreferUrls = "preferHostingUrls";
    private const string Certificates = "Kestrel:Certificates:Default";

    /// <summary>Whether any source says where to listen.</summary>
    public static bool IsConfigured(IConfiguration configuration) => FindConfigured(configuration).Any();

    /// <summary>The addresses in effect: endpoints of the server's own section, else <c>urls</c>, else ports, else the default.</summary>
    public static IReadOnlyList<ListenAddress> Read(IConfiguration configuration)
    {
        ListenAddress[] configured = [.. FindConfigured(configuration)];
        return configured.Length > 0 ? configured : [new ListenAddress(UrlsKey, Default, HasCertificate: false)];
    }

    private static IEnumerable<ListenAddress> FindConfigured(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var hasCertificate = IsFilled(configuration.GetSection(Certificates));
        var endpoints = configuration.GetSection(Endpoints).GetChildren().Where(static e => e["Url"] is not null).ToArray();
        var prefersUrls = configuration[UrlsKey] is { Length: > 0 } && bool.TryParse(configuration[PreferUrls], out var prefer) && prefer;
        if (endpoints.Length > 0 && !prefersUrls)
        {
            return endpoints.Select(e => new ListenAddress($"{e.Path}:Url", e["Url"]!, hasCertificate || IsFilled(e.GetSection("Certificate")) || e.GetSection("Sni").GetChildren().Any()));
        }

        if (configuration[UrlsKey] is { Length: > 0 } urls)
        {
            return Split(urls).Select(url => new ListenAddress(UrlsKey, url, hasCertificate));
        }

        (string Key, string Scheme)[] kinds = [("http_ports", "http"), ("https_ports", "https")];
        return kinds.SelectMany(kind => Split(configuration[kind.Key] ?? "").Select(port => new ListenAddress(kind.Key, $"{kind.Scheme}://*:{port}", hasCertificate)));
    }

    private static string[] Split(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // What is wrong with a certificate that is there is the web server's check to say.
    private static bool IsFilled(IConfigurationSection certificate) => certificate.GetChildren().Any(static c => !string.IsNullOrEmpty(c.Value));
}
