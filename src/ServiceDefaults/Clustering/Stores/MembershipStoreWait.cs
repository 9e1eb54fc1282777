using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Configuration;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Logging;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>
/// Holds a starting silo until the membership store answers. Orleans itself would end the process, and the silo would
/// come back only as fast as something restarts it. A store that answers and refuses ends the start: waiting would not help.
/// </summary>
internal sealed partial class MembershipStoreWait(
    IMembershipStore store, StartProgress progress, TimeProvider time, ILogger<MembershipStoreWait> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    /// <summary>Returns when the store answers.</summary>
    /// <exception cref="SettingsException">It refuses.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        long? logged = null;
        while (true)
        {
            try
            {
                await store.PrepareAsync(cancellationToken);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (store.FindSettingFault(exception) is { } fault)
                {
                    throw new SettingsException([MembershipStoreCheck.FormatFault(fault)]);
                }

                progress.SetWaitingFor($"its membership store to answer ({exception.GetType().Name})");
                if (logged is not { } last || time.GetElapsedTime(last) >= LogInterval)
                {
                    logged = time.GetTimestamp();
                    LogNoStore(exception.GetType().Name, exception.Message);
                }
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    [LoggerMessage(ServiceEventIds.NoStore, LogLevel.Warning, "The membership store does not answer ({Exception}: {Reason}); the silo waits until it does")]
    private partial void LogNoStore(string exception, string reason);
}
