using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;
using Reranker.Administration;
using Reranker.ServiceDefaults.Configuration;
using StackExchange.Redis;

namespace Reranker.ServiceDefaults.Clustering.Settings;

/// <summary>Refuses settings of a cluster that could not work.</summary>
internal sealed class ClusterSettingsValidator(IConfiguration configuration) : IValidateOptions<ClusterSettings>
{
    private const int LastPort = 65_535;
    private const string Connection = $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)}";

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ClusterSettings options)
    {
        var choice = new ClusteringChoice();
        new SettingsBinder(configuration).Bind(choice, ClusteringChoice.Section);
        string[] faults = [.. FindFaults(choice.Clustering, options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>A sentence for each fault. None repeats the connection string, which may hold a password.</summary>
    public static IEnumerable<string> FindFaults(ClusteringKind kind, ClusterSettings settings)
    {
        (string Key, string Value)[] names = [(nameof(settings.ClusterId), settings.ClusterId), (nameof(settings.ServiceId), settings.ServiceId)];
        foreach (var (key, value) in names)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return $"{ClusterSettings.Section}:{key} must not be empty.";
            }
        }

        (string Key, int Port)[] ports =
        [
            (nameof(settings.SiloPort), settings.SiloPort),
            (nameof(settings.GatewayPort), settings.GatewayPort),
            (nameof(settings.PrimarySiloPort), settings.PrimarySiloPort),
            .. settings.GatewayPorts.Select(static (port, i) => ($"{nameof(settings.GatewayPorts)}:{i}", port)),
        ];
        foreach (var (key, port) in ports)
        {
            if (port is < 1 or > LastPort)
            {
                yield return $"{ClusterSettings.Section}:{key} must be a port from 1 to {LastPort}.";
            }
        }

        if (settings.AdvertisedAddress is { } address && !IPAddress.TryParse(address, out _))
        {
            yield return $"{ClusterSettings.Section}:{nameof(settings.AdvertisedAddress)} is no IP address.";
        }

        if (settings.AdminSecret is { Length: < AdminCredential.MinLength })
        {
            yield return $"{ClusterSettings.Section}:{nameof(settings.AdminSecret)} needs at least {AdminCredential.MinLength} characters.";
        }

        foreach (var fault in settings.Tls.FindFaults($"{ClusterSettings.Section}:{nameof(settings.Tls)}"))
        {
            yield return fault;
        }

        if (kind is ClusteringKind.Redis or ClusteringKind.PostgreSql && FindConnectionFault(kind, settings.ConnectionString) is { } connectionFault)
        {
            yield return connectionFault;
        }
    }

    private static string? FindConnectionFault(ClusteringKind kind, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{Connection} is missing, which {ClusterSettings.KindKey} = {kind} needs.";
        }

        try
        {
            return kind == ClusteringKind.Redis ? FindRedisFault(text)
                : string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host) ? $"{Connection} names no Host."
                : null;
        }
        catch (ArgumentException)
        {
            return $"{Connection} is no connection string of {kind}, such as {(kind == ClusteringKind.Redis ? "host:6379,password=…" : "Host=…;Database=…;Username=…;Password=…")}.";
        }
    }

    // The client takes a URL for the name of a server, and puts it into messages with its password.
    private static string? FindRedisFault(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? $"{Connection} is a URL; it must be like host:6379,password=…."
        : ConfigurationOptions.Parse(text).EndPoints.Count == 0 ? $"{Connection} names no server."
        : null;
}
