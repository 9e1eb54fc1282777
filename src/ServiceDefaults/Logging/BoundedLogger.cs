using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Logging;

/// <summary>
/// A logger that writes a flood of one event as its first lines and a count. Whatever is logged for each request, batch or try may
/// come a thousand times a second, of this code and of Orleans; the first lines say what it is and metrics say how much.
/// </summary>
internal sealed partial class BoundedLogger(ILogger inner, TimeProvider time) : ILogger, IDisposable
{
    private readonly ConcurrentDictionary<(int Event, LogLevel Level), EventQuota> _quotas = new();

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => inner.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        // Whoever asks for details wants all of them; and what is critical comes once.
        if (logLevel is >= LogLevel.Information and < LogLevel.Critical && !GetQuota(eventId, logLevel).TryTake())
        {
            return;
        }

        inner.Log(logLevel, eventId, state, exception, formatter);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var quota in _quotas.Values)
        {
            quota.Dispose();
        }
    }

    private EventQuota GetQuota(EventId eventId, LogLevel level)
        => _quotas.TryGetValue((eventId.Id, level), out var quota)
            ? quota
            : _quotas.GetOrAdd((eventId.Id, level), key => new EventQuota(count => ReportLeftOut(key.Event, key.Level, count), time));

    private void ReportLeftOut(int eventId, LogLevel level, long count) => LogLeftOut(inner, level, count, eventId, EventQuota.Period.TotalSeconds);

    [LoggerMessage(EventId = ServiceEventIds.LinesLeftOut, Message = "{Count} more lines of event {Event} within {Seconds} s are not written")]
    private static partial void LogLeftOut(ILogger logger, LogLevel level, long count, int @event, double seconds);
}
