using Microsoft.AspNetCore.Builder;
using Reranker.ServiceDefaults.Health;
using Reranker.ServiceDefaults.Startup;
using Reranker.ServiceDefaults.Telemetry;

namespace Reranker.ServiceDefaults;

/// <summary>Runs a program that is one host, from its command line to its exit code.</summary>
public static class RerankerProgram
{
    private const int Failure = 1;
    private const int Usage = 2;

    /// <summary>Runs it to its end. A start that fails says why in a sentence on standard error.</summary>
    /// <returns>0; 1 when the start failed; 2 when the command line was not understood; or what the program says of its end.</returns>
    public static async Task<int> RunAsync(ProgramDescription program, string[] args)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(args);
        var arguments = ProgramArguments.Parse(args);
        if (arguments.Help)
        {
            await Console.Out.WriteLineAsync(HelpOf(program));
            return 0;
        }

        if (arguments.Problems.Count > 0)
        {
            await WriteFaultsAsync(program, [.. arguments.Problems, "Try --help."]);
            return Usage;
        }

        try
        {
            return await RunAsync(program, arguments);
        }
        catch (Exception exception) when (StartFaults.Describe(exception, program.IsForThePerson) is { } sentences)
        {
            await WriteFaultsAsync(program, sentences);
            return Failure;
        }
    }

    private static async Task<int> RunAsync(ProgramDescription program, ProgramArguments arguments)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments.Settings, ContentRootPath = AppContext.BaseDirectory });
        if (arguments.ConfigFile is { } file)
        {
            builder.Configuration.AddSettingsFile(file);
        }

        if (arguments.CheckHealth)
        {
            return await HealthQuestion.AskAsync(builder.Configuration, Console.Out);
        }

        if (arguments.PrintConfig)
        {
            await HostStart.WriteSettingsAsync(builder, Compose, Console.Out);
            return 0;
        }

        await using var app = await HostStart.BuildAsync(builder, Compose);
        app.MapRerankerHealth();
        app.MapRerankerMetrics();
        program.Map(app);
        await app.RunToEndAsync();
        return Environment.ExitCode;

        void Compose(WebApplicationBuilder host)
        {
            host.AddRerankerServiceDefaults();
            program.Compose(host);
        }
    }

    private static async Task WriteFaultsAsync(ProgramDescription program, IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            await Console.Error.WriteLineAsync($"{program.Name}: {sentence}");
        }
    }

    private static string HelpOf(ProgramDescription program) =>
        $"""
        Description:
          {program.Summary}

        Usage:
          {AppDomain.CurrentDomain.FriendlyName} [options]

        Options:
          --SECTION:KEY VALUE  A setting, such as --Reranker:Clustering Redis.
          --urls URLS          Where to listen for HTTP, several with ';', such as http://*:8080.
          --config FILE        A JSON file of settings, over appsettings.json beside the program and under the environment.
          --print-config       Show the settings in effect, and where each comes from, and exit.
          --check-health       Ask the process that runs with these settings whether it is ready; exit with 0 if it is, else with 1.
          --help               Show this and exit.

        An environment variable has '__' in place of ':', such as Reranker__Clustering=Redis. --print-config lists every setting;
        docs/configuration.md says what it means.
        """;
}
