using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>The keys that the web server reads below <c>Kestrel</c>. It drops all others without a word.</summary>
internal static class WebServerKeys
{
    public const string Root = "Kestrel";
    public const string Endpoints = $"{Root}:Endpoints";
    public const string Certificate = "Certificate";
    public const string DefaultCertificate = $"{Root}:Certificates:Default";
    public const string ClientCertificateMode = "ClientCertificateMode";

    private const string Any = "*";
    private static readonly string[] OfCertificate = ["Path", "KeyPath", "Password", "Subject", "Store", "Location", "AllowInvalid"];
    private static readonly string[] OfEndpoint = ["Protocols", "SslProtocols:*", ClientCertificateMode];

    private static readonly string[] Patterns =
    [
        .. OfCertificate.Select(static k => $"{DefaultCertificate}:{k}"),
        .. OfEndpoint.Select(static k => $"{Root}:EndpointDefaults:{k}"),
        $"{Endpoints}:*:Url",
        .. OfEndpoint.Select(static k => $"{Endpoints}:*:{k}"),
        .. OfCertificate.Select(static k => $"{Endpoints}:*:{Certificate}:{k}"),
        .. OfEndpoint.Select(static k => $"{Endpoints}:*:Sni:*:{k}"),
        .. OfCertificate.Select(static k => $"{Endpoints}:*:Sni:*:{Certificate}:{k}"),
    ];

    private static readonly string[][] Known = [.. Patterns.Select(static k => k.Split(':'))];

    /// <summary>What is wrong with a key and its value, as a sentence; null when nothing is.</summary>
    public static string? FindFault(string key, string value)
    {
        var steps = key.Split(':');
        if (Array.Find(Known, k => Matches(k, steps)) is not { } known)
        {
            return $"{key} is no setting of the web server, which has {Root}:Endpoints:NAME with Url, Protocols, SslProtocols, "
                + $"{ClientCertificateMode} and {Certificate}, {Root}:EndpointDefaults and {DefaultCertificate}.";
        }

        return known[^1] switch
        {
            "Protocols" => CheckName<HttpProtocols>(key, value),
            ClientCertificateMode => CheckName<ClientCertificateMode>(key, value),
            Any => CheckName<SslProtocols>(key, value),
            _ => null,
        };
    }

    private static bool Matches(string[] known, string[] steps)
        => known.Length == steps.Length && known.Zip(steps).All(static p => p.First == Any || p.First.Equals(p.Second, StringComparison.OrdinalIgnoreCase));

    private static string? CheckName<TEnum>(string key, string value)
        where TEnum : struct, Enum
        => Array.Exists(Enum.GetNames<TEnum>(), n => n.Equals(value, StringComparison.OrdinalIgnoreCase))
            ? null
            : $"{key} is '{value}'; it must be one of {string.Join(", ", Enum.GetNames<TEnum>())}.";
}
