using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Reranker.ServiceDefaults.Logging;
using Reranker.TestKit.Clocks;

namespace Reranker.Tool.Tests.Logging;

/// <summary>A flood of one event is its first lines and a count; nothing else is held back.</summary>
public sealed class BoundedLoggerTests : IDisposable
{
    private static readonly EventId Refused = new(7, "Refused");
    private static readonly EventId Other = new(8, "Other");

    private readonly FakeTimeProvider _time = new SynchronizedTime();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly BoundedLoggerFactory _factory;
    private readonly ILogger _logger;

    public BoundedLoggerTests()
    {
        _factory = new BoundedLoggerFactory(new LoggerFactory([new Recorder(_lines)], new LoggerFilterOptions { MinLevel = LogLevel.Debug }), _time);
        _logger = _factory.CreateLogger("category");
    }

    public void Dispose() => _factory.Dispose();

    [Fact]
    public void A_flood_is_its_first_lines_and_at_the_periods_end_a_count()
    {
        Log(Refused, LogLevel.Warning, 1000);
        Assert.Equal(EventQuota.Lines, _lines.Count);

        _time.Advance(EventQuota.Period);
        Assert.Equal("Warning 5013: 980 more lines of event 7 within 10 s are not written", _lines.Last());
        Assert.Equal(EventQuota.Lines + 1, _lines.Count);
    }

    [Fact]
    public void Every_period_has_lines_of_its_own()
    {
        for (var period = 0; period < 3; period++)
        {
            _lines.Clear();
            Log(Refused, LogLevel.Information, 21);
            _time.Advance(EventQuota.Period);
            Assert.Equal(EventQuota.Lines + 1, _lines.Count);
            Assert.Contains("1 more lines of event 7", _lines.Last(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_comes_slowly_is_written_whole()
    {
        for (var i = 0; i < 10; i++)
        {
            Log(Refused, LogLevel.Warning, EventQuota.Lines);
            _time.Advance(EventQuota.Period);
        }

        Assert.Equal(10 * EventQuota.Lines, _lines.Count);
    }

    [Fact]
    public void A_flood_hides_no_other_event_no_other_level_and_no_other_category()
    {
        Log(Refused, LogLevel.Information, 100);
        _lines.Clear();
        Log(Other, LogLevel.Information, 1);
        Log(Refused, LogLevel.Error, 1);
        _factory.CreateLogger("another").Log(LogLevel.Information, Refused, "line", null, (s, _) => s);
        Assert.Equal(["Information 8: line", "Error 7: line", "Information 7: line"], _lines);
    }

    [Fact]
    public void Details_and_what_is_critical_are_not_limited()
    {
        Log(Refused, LogLevel.Debug, 100);
        Log(Refused, LogLevel.Critical, 100);
        Assert.Equal(200, _lines.Count);
    }

    [Fact]
    public void The_end_of_the_process_tells_what_was_not_told()
    {
        Log(Refused, LogLevel.Warning, 25);
        _factory.Dispose();
        Assert.Contains("5 more lines of event 7", _lines.Last(), StringComparison.Ordinal);
    }

    private void Log(EventId id, LogLevel level, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _logger.Log(level, id, "line", null, (s, _) => s);
        }
    }

    private sealed class Recorder(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => lines.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
