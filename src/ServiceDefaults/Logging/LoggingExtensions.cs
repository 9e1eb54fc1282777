using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Logging;

/// <summary>Console logs, plain or as JSON, at a bounded rate.</summary>
internal static class LoggingExtensions
{
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
        builder.Services.AddRerankerSettings<LogSettings>(LogSettings.Section);
        builder.Services.AddSingleton<LoggerFactory>();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(static services => new BoundedLoggerFactory(
            services.GetRequiredService<LoggerFactory>(), services.GetService<TimeProvider>() ?? TimeProvider.System)));

        // A value that is no format is refused with all other settings, before the first line is written.
        var settings = new LogSettings();
        new SettingsBinder(builder.Configuration).Bind(settings, LogSettings.Section);
        if (settings.Logs == LogFormat.Json)
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
