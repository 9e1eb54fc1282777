using Microsoft.Extensions.Hosting;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Configuration;

namespace Reranker.ServiceDefaults.Clustering.Stores;

/// <summary>
/// Asks the membership store of a client once whether the settings fit it, beside the web server: one that refuses ends the start.
/// One that does not answer is no fault, it may be there later.
/// </summary>
internal sealed class MembershipStoreCheck(IMembershipStore store, TimeProvider time) : IHostedLifecycleService
{
    /// <summary>How long a start waits for an answer: a refusal that a busy machine tells late must not pass for a store that is away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private Task<string?> _fault = Task.FromResult<string?>(null);

    /// <summary>What is said of a store that refuses.</summary>
    public static string FormatFault(string fault) =>
        $"{ClusterSettings.Section}:{nameof(ClusterSettings.ConnectionString)} reaches a store that cannot be used: {fault}.";

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _fault = Task.Run(() => FindFaultAsync(cancellationToken), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Comes when the web server listens.</summary>
    /// <exception cref="SettingsException">The store refuses.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (await _fault.ConfigureAwait(false) is { } fault)
        {
            throw new SettingsException([FormatFault(fault)]);
        }
    }

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await store.PrepareAsync(either.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return store.FindSettingFault(exception);
        }
    }
}
