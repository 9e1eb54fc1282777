using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Logging;

/// <summary>Makes every logger of the process a bounded one.</summary>
internal sealed class BoundedLoggerFactory(LoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, BoundedLogger> _loggers = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        var logger = CreateBounded(categoryName);
        return categoryName == HandshakeLogger.Category ? new HandshakeLogger(logger, CreateBounded(typeof(HandshakeLogger).FullName!)) : logger;
    }

    private BoundedLogger CreateBounded(string category) => _loggers.GetOrAdd(category, name => new BoundedLogger(inner.CreateLogger(name), time));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var logger in _loggers.Values)
        {
            logger.Dispose();
        }

        inner.Dispose();
    }
}
