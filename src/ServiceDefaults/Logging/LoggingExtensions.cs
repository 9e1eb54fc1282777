using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Reranker.ServiceDefaults.Logging;

/// <summary>Console logs, plain or as JSON.</summary>
internal static class LoggingExtensions
{
    private const string FormatKey = "Reranker:Logs";

    public static void AddRerankerLogging(this IHostApplicationBuilder builder)
    {
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
