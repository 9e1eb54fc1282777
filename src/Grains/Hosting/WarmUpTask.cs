using Microsoft.Extensions.Logging;
using Reranker.Fleet;
using Reranker.Grains.Fleet;
using Reranker.Grains.Logging;
using Reranker.Grains.Requests;
using Reranker.Requests;

namespace Reranker.Grains.Hosting;

/// <summary>
/// Activates every shard and the local worker grains once the silo is active. A first use later would look the shard up
/// in the directory, and fail while a silo that holds that part of the directory is dying.
/// </summary>
internal sealed partial class WarmUpTask(
    IGrainFactory grains, FleetView fleet, TimeProvider time, ILogger<WarmUpTask> logger) : IStartupTask
{
    // Each asks the directory, of which every member holds a part. One that is lost and not yet declared dead fails a third of them, or
    // all, each with lines of log; so few are tried at once, and after a failure the next a while later.
    private const int AtOnce = 64;
    private const int MaxPauses = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task Execute(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var waiting = new Queue<Func<Task>>(ListCalls(cancellationToken));
        for (var pauses = 0; waiting.Count > 0;)
        {
            if (await MakeNextCallsAsync(waiting, cancellationToken) is not { } failure)
            {
                continue;
            }

            if (++pauses > MaxPauses)
            {
                // Warming is a courtesy: a silo that serves from cold is better than one that does not start.
                LogCold(failure, waiting.Count);
                break;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        LogWarm(RerankShards.Count, time.GetElapsedTime(start).TotalMilliseconds);
    }

    private IEnumerable<Func<Task>> ListCalls(CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < RerankShards.Count; shard++)
        {
            var grain = grains.GetGrain<IShardWarmUp>(shard);
            yield return () => grain.WarmAsync();
        }

        for (var key = 0; key < FleetInfoKeys.Count; key++)
        {
            var grain = grains.GetGrain<IFleetInfoGrain>(key);
            yield return () => grain.GetFleetAsync(cancellationToken);
        }

        foreach (var worker in fleet.Current.Workers.Where(w => w.IsLocal))
        {
            yield return () => worker.Grain.GetLoadAsync(cancellationToken);
        }
    }

    /// <summary>Makes the next calls; those that fail wait again. What one of them threw, or null.</summary>
    private static async Task<Exception?> MakeNextCallsAsync(Queue<Func<Task>> waiting, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var calls = Enumerable.Range(0, Math.Min(AtOnce, waiting.Count)).Select(_ => waiting.Dequeue()).ToArray();
        await Task.WhenAll(calls.Select(async call =>
        {
            try
            {
                await call();
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                lock (waiting)
                {
                    failure = exception;
                    waiting.Enqueue(call);
                }
            }
        }));
        return failure;
    }

    [LoggerMessage(GrainsEventIds.ShardsWarm, LogLevel.Information, "{Shards} shards are warm after {Milliseconds:F0} ms")]
    private partial void LogWarm(int shards, double milliseconds);

    [LoggerMessage(GrainsEventIds.ShardsCold, LogLevel.Warning, "{Cold} grains cannot be activated ahead")]
    private partial void LogCold(Exception exception, int cold);
}
