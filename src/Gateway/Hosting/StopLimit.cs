using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Hosting;

/// <summary>How long a host with a gateway takes to stop, whatever its callers do.</summary>
internal static class StopLimit
{
    // What is left when the web server has waited long enough: it breaks off the connections that are still there, and the
    // rest of the host ends.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);
    private const int PartOfEnd = 4;

    /// <summary>Limits the stop to the times of the options, or those of a silo in the same process where they are longer.</summary>
    public static void AddStopLimit(this IServiceCollection services)
    {
        // The 30 s of .NET's host are nobody's wish; without this, shorter times of ours would count for nothing. First of all, so
        // that whatever else is set counts.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<HostOptions>>(
            new ConfigureOptions<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.Zero)));
        services.AddOptions<HostOptions>().PostConfigure<IOptions<GatewayOptions>>(static (host, gateway) =>
        {
            var own = gateway.Value.DrainDelay + gateway.Value.ShutdownTimeout;
            var all = host.ShutdownTimeout > own ? host.ShutdownTimeout : own;
            var end = all / PartOfEnd;
            host.ShutdownTimeout = all - (end < LongestEnd ? end : LongestEnd);
        });
    }
}
