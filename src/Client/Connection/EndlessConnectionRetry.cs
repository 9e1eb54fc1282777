using Microsoft.Extensions.Logging;
using Reranker.Client.Logging;

namespace Reranker.Client.Connection;

/// <summary>
/// Lets a client try to connect until a silo answers, so that the order in which an orchestrator starts silos and clients
/// does not matter. Orleans' own filter gives up after a few tries.
/// </summary>
internal sealed partial class EndlessConnectionRetry(TimeProvider time, ILogger<EndlessConnectionRetry> logger) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private TimeSpan _pause = FirstPause;
    private long? _logged;

    /// <inheritdoc/>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (_logged is not { } last || time.GetElapsedTime(last) >= LogInterval)
        {
            _logged = time.GetTimestamp();
            LogNoSilo(exception.GetType().Name, exception.Message);
        }

        await Task.Delay(_pause, time, cancellationToken);
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, MaxPause.Ticks));
        return true;
    }

    [LoggerMessage(ClientEventIds.NoSilo, LogLevel.Warning, "No silo of the cluster can be reached ({Exception}: {Reason}); the client tries until one can")]
    private partial void LogNoSilo(string exception, string reason);
}
