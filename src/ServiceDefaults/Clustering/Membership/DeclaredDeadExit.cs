using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Reranker.ServiceDefaults.Logging;
using Reranker.ServiceDefaults.Startup;

namespace Reranker.ServiceDefaults.Clustering.Membership;

/// <summary>
/// Ends the process of a silo that the cluster has declared dead. It ends as on a signal, but soon: others have long taken over what
/// it had, and nothing it sends them is heard.
/// </summary>
internal sealed partial class DeclaredDeadExit(
    IHostApplicationLifetime lifetime, ShutdownLogFilter quiet, TimeProvider time, ILogger<DeclaredDeadExit> logger)
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(10);

    private int _begun;

    /// <summary>Whether the process ends, for whatever reason.</summary>
    public bool IsEnding => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Begins the end; once, and not in a process that ends anyway: a silo that stops writes itself that it is dead.</summary>
    public void BeginProcessExit()
    {
        if (IsEnding || Interlocked.Exchange(ref _begun, 1) != 0)
        {
            return;
        }

        LogDeclaredDead(ClusterExitCodes.DeclaredDead);
        quiet.StartSilencing();
        Environment.ExitCode = ClusterExitCodes.DeclaredDead;
        lifetime.StopApplication();
        _ = ExitAfterTimeoutAsync();
    }

    private async Task ExitAfterTimeoutAsync()
    {
        await Task.Delay(LongestStop, time).ConfigureAwait(false);
        Environment.Exit(ClusterExitCodes.DeclaredDead);
    }

    [LoggerMessage(ServiceEventIds.DeclaredDead, LogLevel.Critical, "The other silos could not reach this one and have declared it dead; the process ends with exit code {Code} and can be started again")]
    private partial void LogDeclaredDead(int code);
}
