using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Reranker.FrozenWire;

/// <summary>A client from before administration needed a secret: it tries every command, and prints the replies as JSON.</summary>
internal static class OldAdmin
{
    public static async Task RunAsync(int gateway, string folder, string identity)
    {
        using var host = OldClient.Connect(gateway);
        await host.StartAsync();
        var admin = host.Services.GetRequiredService<IClusterClient>().GetGrain<IModelAdminGrain>(0);
        ModelAdminReply[] replies =
        [
            await admin.GetAsync(CancellationToken.None),
            await admin.LoadAsync(new LoadModel { Folder = folder }, CancellationToken.None),
            await admin.UnloadAsync(new UnloadModel { Identity = identity, Force = true }, CancellationToken.None),
            await admin.RouteAsync(
                new RouteModel { Name = "tiny", Shares = [new ModelShare { Identity = identity, Weight = 1 }] }, CancellationToken.None),
        ];
        Console.WriteLine(JsonSerializer.Serialize(replies));
        await host.StopAsync();
    }
}
