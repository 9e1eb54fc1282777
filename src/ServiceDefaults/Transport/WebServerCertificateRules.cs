using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Reranker.Certificates;

namespace Reranker.ServiceDefaults.Transport;

/// <summary>
/// What the web server wants of a section with a certificate: a file with its key, or a name in a store of the machine. It would end
/// the process over anything else, once the model is loaded.
/// </summary>
internal static class WebServerCertificateRules
{
    private const string Path = "Path";
    private const string Subject = "Subject";
    private static readonly string[] OfFile = ["KeyPath", "Password"];
    private static readonly string[] OfStore = ["Store", "Location", "AllowInvalid"];

    /// <summary>What is wrong with a section, as a sentence; null when nothing is.</summary>
    public static string? FindFault(IConfigurationSection certificate)
    {
        var (path, subject) = (certificate[Path], certificate[Subject]);
        var (isFile, isStore) = (!string.IsNullOrEmpty(path), !string.IsNullOrEmpty(subject));
        if (isFile && isStore)
        {
            return $"{certificate.Path} has both {Path}, a file, and {Subject}, a name in a store of this machine; it must have one.";
        }

        var (lone, owner, what) = !isFile && Array.Find(OfFile, k => IsSet(certificate, k)) is { } file ? (file, Path, "the file of the certificate that it belongs to")
            : !isStore && Array.Find(OfStore, k => IsSet(certificate, k)) is { } store ? (store, Subject, "the name of the certificate in that store")
            : (null, "", "");
        return lone is not null ? $"{certificate.Path}:{lone} is set, and {certificate.Path}:{owner}, {what}, is not."
            : isFile ? FindFileFault(certificate)
            : isStore ? FindStoreFault(certificate, subject!)
            : null;
    }

    private static bool IsSet(IConfigurationSection certificate, string key) => !string.IsNullOrEmpty(certificate[key]);

    private static string? FindFileFault(IConfigurationSection certificate)
    {
        try
        {
            TlsIdentity.CreateReloaded(WebServerEndpoint.FindLocation(certificate)!, TimeProvider.System).GetCurrent();
            return null;
        }
        catch (IOException e)
        {
            return $"{certificate.Path}:{Path} does not work: {e.Message}";
        }
    }

    private static string? FindStoreFault(IConfigurationSection certificate, string subject)
    {
        var (store, location) = (certificate["Store"] ?? nameof(StoreName.My), certificate["Location"] ?? nameof(StoreLocation.CurrentUser));
        if (!Enum.TryParse<StoreLocation>(location, ignoreCase: true, out var place) || !Enum.IsDefined(place))
        {
            return $"{certificate.Path}:Location is '{location}'; it must be one of {string.Join(", ", Enum.GetNames<StoreLocation>())}.";
        }

        if (certificate["AllowInvalid"] is { Length: > 0 } allow && !bool.TryParse(allow, out _))
        {
            return $"{certificate.Path}:AllowInvalid is '{allow}'; it must be true or false.";
        }

        try
        {
            using var found = CertificateLoader.LoadFromStoreCert(subject, store, place, bool.TryParse(certificate["AllowInvalid"], out var isAny) && isAny);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.Security.Cryptography.CryptographicException)
        {
            return $"{certificate.Path}:{Subject} is '{subject}', and the store {store} of {place} has no such certificate that is valid and good for servers.";
        }
    }
}
