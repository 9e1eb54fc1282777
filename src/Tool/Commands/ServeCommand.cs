using System.CommandLine;
using Reranker.Gateway;
using Reranker.Gateway.Hosting;
using Reranker.Inference.Engines;
using Reranker.ServiceDefaults;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.Silo.Hosting;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker serve</c>: gateway and silo in one process.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen; port 0 takes a free one.",
            DefaultValueFactory = _ => "http://127.0.0.1:8080",
        };
        var engine = new EngineArguments();
        var command = new Command("serve", "Serve a model over HTTP: gateway and silo in one process.") { urls };
        engine.AddTo(command);
        engine.AddDevicesTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = Build(parsed.GetRequiredValue(urls), engine.ModelPath(parsed), engine.Options(parsed));
            await app.RunAsync(cancellationToken);
            return Environment.ExitCode;
        });
        return command;
    }

    internal static WebApplication Build(string urls, string model, EngineOptions engine)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(urls);
        // An error at the start ends the command with one readable sentence; these would print its stack three times before.
        builder.Logging.AddFilter("Orleans.Runtime.SiloLifecycleSubject", LogLevel.None);
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.AddRerankerServiceDefaults();
        builder.AddRerankerSilo(silo =>
        {
            silo.Models["0"] = model;
            silo.Engine = engine.Engine;
            silo.Devices = engine.Devices.Count == 0 ? silo.Devices : string.Join(',', engine.Devices);
            silo.CpuThreads = engine.CpuThreads == 0 ? null : engine.CpuThreads;
        });
        builder.Services.Configure<GatewayOptions>(static gateway => gateway.DrainDelay = TimeSpan.Zero);
        builder.AddRerankerGateway();

        var app = builder.Build();
        app.MapReranker();
        app.MapRerankerHealth();
        app.MapRerankerMetrics();
        return app;
    }
}
