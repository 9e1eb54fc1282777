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
        // Four lines a request say nothing that metrics and traces do not; Logging:LogLevel can bring them back.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Two screens of every option at every start.
        builder.Logging.AddFilter("Orleans.Runtime.SiloOptionsLogger", LogLevel.Warning);
        builder.Logging.AddFilter("Orleans.ClientOptionsLogger", LogLevel.Warning);
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
