using Microsoft.Extensions.Logging;
using Reranker.Fleet;
using Reranker.Grains.Fleet;
using Reranker.Grains.Requests;
using Reranker.Grains.Telemetry;
using Reranker.Requests;

namespace Reranker.Grains.Hosting;

/// <summary>
/// Activates every shard and the local worker grains once the silo is active. A first use later would look the shard up
/// in the directory, and fail while a silo that holds that part of the directory is dying.
/// </summary>
internal sealed partial class WarmUpTask(
    IGrainFactory grains, FleetView fleet, TimeProvider time, ILogger<WarmUpTask> logger) : IStartupTask
{
    /// <inheritdoc/>
    public async Task Execute(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var warming = new List<Task>(RerankShards.Count + 8);
        for (var shard = 0; shard < RerankShards.Count; shard++)
        {
            warming.Add(grains.GetGrain<IShardWarmUp>(shard).WarmAsync());
        }

        for (var key = 0; key < FleetInfoKeys.Count; key++)
        {
            warming.Add(grains.GetGrain<IFleetInfoGrain>(key).GetAsync(cancellationToken));
        }

        foreach (var worker in fleet.Current.Workers.Where(w => w.IsLocal))
        {
            warming.Add(worker.Grain.GetLoadAsync(cancellationToken));
        }

        try
        {
            await Task.WhenAll(warming);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Warming is a courtesy: a silo that serves from cold is better than one that does not start.
            LogCold(e, warming.Count(t => !t.IsCompletedSuccessfully));
        }

        LogWarm(RerankShards.Count, time.GetElapsedTime(start).TotalMilliseconds);
    }

    [LoggerMessage(EventIds.ShardsWarm, LogLevel.Information, "{Shards} shards are warm after {Milliseconds:F0} ms")]
    private partial void LogWarm(int shards, double milliseconds);

    [LoggerMessage(EventIds.ShardsCold, LogLevel.Warning, "{Cold} grains could not be activated ahead")]
    private partial void LogCold(Exception exception, int cold);
}
