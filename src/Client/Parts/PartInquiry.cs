using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Reranker.Attempts;
using Reranker.Client.Connection;
using Reranker.Client.Logging;
using Reranker.Client.Scores;
using Reranker.Client.Shards;
using Reranker.Requests;

namespace Reranker.Client.Parts;

/// <summary>
/// Asks the silo of an attempt for scores while the attempt has no answer. The answer has all of them, so that it matters to nothing but
/// the time at which they are told whether the silo knows the question, or an answer to it is lost. A silo that does not know it is not
/// asked again: each question would be an error in its log.
/// </summary>
internal sealed partial class PartInquiry(IGrainFactory grains, ShardHealth health, ScoreMapSet maps, TimeProvider time, ILogger<PartInquiry> logger)
{
    // Silos of other releases are gone when a cluster has been upgraded; whoever upgrades many of them many times starts anew.
    private const int MaxSilosWithoutParts = 1_000;

    // The question may overtake the request, which is longer, and is asked once more after the request has ended.
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    // An address names one process: another release there has another one.
    private readonly ConcurrentDictionary<string, bool> _silosWithoutParts = new(StringComparer.Ordinal);

    /// <summary>Asks again and again. Never throws.</summary>
    /// <param name="shard">Where the attempt went.</param>
    /// <param name="partsId">Its name there.</param>
    /// <param name="attempt">Its number.</param>
    /// <param name="ledger">What the request has told.</param>
    /// <param name="passages">Passages of the request.</param>
    /// <param name="stop">Cancelled when the request has ended.</param>
    public async Task FollowAttemptAsync(int shard, Guid partsId, int attempt, PartLedger ledger, int passages, CancellationToken stop)
    {
        if (health.FindSilo(shard) is { } silo && IsWithoutParts(silo))
        {
            return;
        }

        try
        {
            var grain = grains.GetReachableGrain<IRerankGrain>(shard);
            var pause = MinPause;
            while (true)
            {
                var told = await grain.AwaitPartsAsync(partsId, stop).ConfigureAwait(false);
                if (!told.IsUnderWay)
                {
                    await Task.Delay(pause, time, stop).ConfigureAwait(false);
                    pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
                }
                else if (PartCheck.AddsUp(told, passages))
                {
                    ledger.AddParts(attempt, told, maps.FindMap(told.ModelIdentity));
                    pause = MinPause;
                }
                else
                {
                    LogPartsWrong(logger, told.Model, told.ModelIdentity);
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            if (!stop.IsCancellationRequested)
            {
                LogPartsLost(logger, attempt, exception.GetType().Name);
                if (TransportFaults.FindRetryReason(exception) is null)
                {
                    // No message was lost, so it is the question that was not understood.
                    await RememberSiloAsync(shard, stop).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Whether a silo has said that it does not know the question.</summary>
    public bool IsWithoutParts(string silo) => _silosWithoutParts.ContainsKey(silo);

    // The answer of the attempt says which silo it was.
    private async Task RememberSiloAsync(int shard, CancellationToken stop)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (health.FindSilo(shard) is { } silo)
        {
            if (_silosWithoutParts.Count >= MaxSilosWithoutParts)
            {
                _silosWithoutParts.Clear();
            }

            _silosWithoutParts[silo] = true;
        }
    }

    [LoggerMessage(ClientEventIds.PartsLost, LogLevel.Debug, "No parts of attempt {Attempt} are told ({ExceptionType}); its answer tells the whole")]
    private static partial void LogPartsLost(ILogger logger, int attempt, string exceptionType);

    [LoggerMessage(ClientEventIds.PartsWrong, LogLevel.Error, "Model {Model} ({Identity}) has told parts that do not add up")]
    private static partial void LogPartsWrong(ILogger logger, string? model, string? identity);
}
