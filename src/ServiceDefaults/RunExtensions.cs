using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Reranker.ServiceDefaults;

/// <summary>Runs a host to its end.</summary>
public static class RunExtensions
{
    /// <summary>
    /// Runs until the process is told to stop. A stop while the host still starts, which may take minutes, is an end like
    /// any other; .NET's own method would throw the cancelled start at the process.
    /// </summary>
    /// <param name="app">The host.</param>
    /// <param name="cancellationToken">Tells it to stop, as a signal does.</param>
    public static async Task RunToEndAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(app);
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await HostingAbstractionsHostExtensions.RunAsync(app, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (
            exception is OperationCanceledException or OrleansLifecycleCanceledException
            && (stopping.IsCancellationRequested || cancellationToken.IsCancellationRequested))
        {
        }
    }
}
