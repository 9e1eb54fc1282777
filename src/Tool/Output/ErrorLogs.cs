using Microsoft.Extensions.Logging.Console;

namespace Reranker.Tool.Output;

/// <summary>Logs of commands that have no host: warnings and what engines do, on standard error.</summary>
internal static class ErrorLogs
{
    public static ILoggerFactory Create() => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(LogLevel.Information)
        .AddSimpleConsole(options => options.SingleLine = true)
        .Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace));
}
