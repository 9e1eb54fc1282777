using System.Net;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Startup;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>Checks that a silo can listen at its two ports.</summary>
internal sealed class SiloPortsCheck(ClusteringKind kind, ClusterSettings settings) : IStartCheck
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindFaultsAsync(CancellationToken cancellationToken)
    {
        var address = kind == ClusteringKind.Localhost ? IPAddress.Loopback : IPAddress.Any;
        (string Key, int Port)[] ports =
            [(nameof(settings.SiloPort), settings.SiloPort), (nameof(settings.GatewayPort), settings.GatewayPort)];
        List<string> faults =
        [
            .. ports.Select(p => PortProbe.FindProblem(address, p.Port) is { } problem ? $"{ClusterSettings.Section}:{p.Key}: {problem}." : null)
                .OfType<string>(),
        ];
        if (settings.SiloPort == settings.GatewayPort)
        {
            faults.Add($"{ClusterSettings.Section}:{nameof(settings.GatewayPort)} is the same port as {nameof(settings.SiloPort)}.");
        }

        return Task.FromResult<IReadOnlyList<string>>(faults);
    }
}
