using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Reranker.FrozenWire;

/// <summary>A silo of the first release as far as a client can tell: it answers, without a model.</summary>
internal static class OldSilo
{
    public static async Task RunAsync(int silo, int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(s => s
            .UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, silo))
            .ConfigureEndpoints(IPAddress.Loopback, silo, gateway)
            .Configure<ClusterOptions>(static o => (o.ClusterId, o.ServiceId) = ("reranker", "reranker")));
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine("serving");
        await host.WaitForShutdownAsync();
    }
}
