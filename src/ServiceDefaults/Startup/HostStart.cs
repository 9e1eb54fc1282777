using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Reranker.Files;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Startup;

/// <summary>Builds a program's host once all of its settings have been found to work.</summary>
public static class HostStart
{
    private const int MaxSettingsBytes = 16 * 1024 * 1024;

    /// <summary>Composes the host, checks every setting, and builds it.</summary>
    /// <exception cref="SettingsException">Settings that stop the start, all of them.</exception>
    public static async Task<WebApplication> BuildAsync(
        WebApplicationBuilder builder, Action<WebApplicationBuilder> compose, CancellationToken cancellationToken = default)
    {
        await ComposeAndCheckAsync(builder, compose, report: null, cancellationToken);
        var quiet = new StartupLogFilter();
        quiet.AddLogFilter(builder.Logging);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(quiet.StopSilencing);
        return app;
    }

    /// <summary>
    /// Writes the settings that the host would have, and where each comes from; secrets are masked. Whether they fit the machine is
    /// not asked: the host itself may be running there, on its port.
    /// </summary>
    /// <exception cref="SettingsException">Settings that would stop the start, all of them.</exception>
    public static Task WriteSettingsAsync(
        WebApplicationBuilder builder, Action<WebApplicationBuilder> compose, TextWriter output, CancellationToken cancellationToken = default)
        => ComposeAndCheckAsync(builder, compose, output, cancellationToken);

    /// <summary>Adds a settings file behind <c>appsettings.json</c> and before the environment.</summary>
    /// <exception cref="SettingsException">There is no such file.</exception>
    public static void AddSettingsFile(this IConfigurationManager configuration, string path)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (!File.Exists(path))
        {
            throw new SettingsException([$"--config is '{path}', and there is no such file."]);
        }

        if (RegularFile.FindFault(path, MaxSettingsBytes) is { } fault)
        {
            throw new SettingsException([$"--config is '{path}', which {fault}."]);
        }

        var file = new Microsoft.Extensions.Configuration.Json.JsonConfigurationSource { Path = Path.GetFullPath(path) };
        file.ResolveFileProvider();
        var environment = configuration.Sources.ToList().FindIndex(
            static s => s is Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationSource { Prefix: null or "" });
        configuration.Sources.Insert(environment < 0 ? configuration.Sources.Count : environment, file);
    }

    private static async Task ComposeAndCheckAsync(
        WebApplicationBuilder builder, Action<WebApplicationBuilder> compose, TextWriter? report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(compose);
        builder.Services.AddSingleton<IStartCheck, ListenCheck>();
        IReadOnlyList<string> early = [];
        try
        {
            compose(builder);
        }
        catch (SettingsException e)
        {
            // The check below finds the rest; it says the same of these where it knows them.
            early = e.Faults;
        }

        // A container for the check alone. It must not own the configuration, which the host still needs.
        var services = new ServiceCollection { builder.Services };
        services.Replace(ServiceDescriptor.Singleton<IConfiguration>(builder.Configuration));
        await using var provider = services.BuildServiceProvider();
        if (report is not null)
        {
            SettingsReport.Write(provider, report);
        }

        var faults = SettingsCheck.FindFaults(provider, early);
        if (faults.Count == 0 && report is null)
        {
            faults = await SettingsCheck.FindFaultsOfMachineAsync(provider, cancellationToken);
        }

        if (faults.Count > 0)
        {
            throw new SettingsException(faults);
        }
    }
}
