using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Logging;

/// <summary>Console logs, plain or as JSON.</summary>
internal static class LoggingExtensions
{
    private const string FormatKey = "Reranker:Logs";

    // What an operator reads by default; any other source of configuration overrides it.
    private static readonly Dictionary<string, string?> DefaultLevels = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Orleans"] = "Warning",
        // At its first check it takes the time since the machine started for a stall.
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
    };

    public static void AddRerankerLogging(this IHostApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = DefaultLevels });
        if (builder.Configuration.GetValue(FormatKey, LogFormat.Plain) == LogFormat.Json)
        {
            builder.Logging.AddJsonConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "O";
                o.IncludeScopes = false;
            });
        }
        else
        {
            builder.Logging.AddSimpleConsole(o =>
            {
                o.SingleLine = true;
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "HH:mm:ss.fff ";
                o.IncludeScopes = false;
            });
        }
    }
}
