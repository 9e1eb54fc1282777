using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Reranker.FrozenWire;

/// <summary>A client of the first release: it sends one request, and prints the reply as JSON.</summary>
internal static class OldClient
{
    public static async Task RunAsync(int gateway)
    {
        using var host = Connect(gateway);
        await host.StartAsync();
        var reply = await host.Services.GetRequiredService<IClusterClient>().GetGrain<IRerankGrain>(7).RerankAsync(
            new RerankRequest
            {
                Query = "question 0 about trains",
                Passages = ["one", "two passages", ""],
                RemainingMilliseconds = 30_000,
                Truncation = new TruncationOptions { Strategy = TruncationStrategy.LongestFirst, MaxPairTokens = 30 },
                Tenant = "old",
            },
            CancellationToken.None);
        Console.WriteLine(JsonSerializer.Serialize(reply));
        await host.StopAsync();
    }

    /// <summary>A client's host, which connects when it is started.</summary>
    public static IHost Connect(int gateway)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gateway))
            .Configure<ClusterOptions>(static o => (o.ClusterId, o.ServiceId) = ("reranker", "reranker"))
            .UseConnectionRetryFilter(static async (_, stop) =>
            {
                await Task.Delay(200, stop);
                return true;
            }));
        return builder.Build();
    }
}
