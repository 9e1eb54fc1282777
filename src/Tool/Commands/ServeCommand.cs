using System.CommandLine;
using Reranker.Gateway.Hosting;
using Reranker.ServiceDefaults;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Startup;
using Reranker.ServiceDefaults.Telemetry;
using Reranker.Tool.Arguments;
using Reranker.Tool.Output;

namespace Reranker.Tool.Commands;

/// <summary><c>reranker serve</c>: gateway and silo in one process.</summary>
internal static class ServeCommand
{
    public static Command CreateCommand()
    {
        var arguments = new ServeArguments();
        var command = new Command("serve", "Serve a model over HTTP: gateway and silo in one process.");
        var checkHealth = new Option<bool>("--check-health")
        {
            Description = "Ask the server that runs with these settings whether it is ready; exit with 0 if it is, else with 1.",
        };
        arguments.AddTo(command);
        command.Options.Add(checkHealth);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(checkHealth))
            {
                return await HealthQuestion.AskAsync(arguments.CreateBuilder(parsed).Configuration, parsed.InvocationConfiguration.Output, cancellationToken);
            }

            using var used = await arguments.PrepareModelAsync(parsed, cancellationToken);
            await using var app = await BuildAsync(arguments, parsed, cancellationToken);
            app.Lifetime.ApplicationStarted.Register(() => ServeSummary.WriteSummary(app, parsed.InvocationConfiguration.Output));
            await app.RunToEndAsync(cancellationToken);
            return Environment.ExitCode;
        });
        return command;
    }

    internal static async Task<WebApplication> BuildAsync(ServeArguments arguments, ParseResult parsed, CancellationToken cancellationToken)
    {
        var app = await HostStart.BuildAsync(arguments.CreateBuilder(parsed), ServeArguments.AddServices, cancellationToken);
        app.MapReranker();
        app.MapRerankerHealth();
        app.MapRerankerMetrics();
        return app;
    }
}
