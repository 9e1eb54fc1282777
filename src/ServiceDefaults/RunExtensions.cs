using Microsoft.AspNetCore.Builder;

namespace Reranker.ServiceDefaults;

/// <summary>Runs a host to its end.</summary>
public static class RunExtensions
{
    /// <summary>
    /// Runs until the process is told to stop. A stop while the host still starts, which may take minutes, is an end like
    /// any other; .NET's own method would throw the cancelled start at the process.
    /// </summary>
    public static async Task RunToEndAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }
}
