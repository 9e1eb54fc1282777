using Microsoft.Extensions.Options;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Hosting;

/// <summary>How long a host with a gateway takes to stop, whatever its callers do.</summary>
internal static class StopLimit
{
    // What is left when the web server has waited long enough: it breaks off the connections that are still there, and the
    // rest of the host ends.
    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(2);
    private const int PartOfEnd = 4;

    /// <summary>Limits the stop to the times of the options, or those of a silo in the same process where they are longer.</summary>
    public static void AddStopLimit(this IServiceCollection services)
    {
        // .NET's host allows 30 s unless somebody sets a time. That default must not outlast shorter times of ours, so it is zero
        // here; the configuration comes before all others, so that a time that anybody sets still counts.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<HostOptions>>(
            new ConfigureOptions<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.Zero)));
        services.AddOptions<HostOptions>().PostConfigure<IOptions<GatewayOptions>>(static (host, gateway) =>
        {
            var own = gateway.Value.DrainDelay + gateway.Value.ShutdownTimeout;
            var all = host.ShutdownTimeout > own ? host.ShutdownTimeout : own;
            var end = all / PartOfEnd;
            host.ShutdownTimeout = all - (end < MaxEnd ? end : MaxEnd);
        });
    }
}
