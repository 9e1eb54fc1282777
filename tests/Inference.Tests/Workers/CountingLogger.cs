using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Reranker.Inference.Workers;

namespace Reranker.Inference.Tests.Workers;

/// <summary>What workers logged.</summary>
internal sealed class CountingLogger : ILogger<ScoringWorker>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Line)> _lines = [];

    public IEnumerable<string> Lines => _lines.Select(l => l.Line);

    /// <summary>Called for each line, on the thread that logs it.</summary>
    public Action<LogLevel>? OnLine { get; set; }

    public int Count(LogLevel level) => _lines.Count(l => l.Level == level);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue((logLevel, formatter(state, exception)));
        OnLine?.Invoke(logLevel);
    }
}
