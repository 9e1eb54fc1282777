using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Reranker.ServiceDefaults.Clustering.Membership;
using Reranker.ServiceDefaults.Clustering.Settings;
using Reranker.ServiceDefaults.Health;

namespace Reranker.ServiceDefaults.Clustering;

/// <summary>
/// Starts a silo beside the web server: it may wait for its store, load models for minutes, or wait for others to let it join, and
/// probes are answered meanwhile. The host has started only when the silo has, and a silo that cannot start ends the start of the
/// host. On a stop the silo goes behind the web server. One that is alone in its process waits for nobody, and starts first.
/// </summary>
internal sealed class SiloHost(
    IServiceProvider services, StartProgress progress, IOptions<ClusteringChoice> choice, Func<IServiceProvider, IHostedService> create)
    : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private IHostedService? _silo;
    private Task _start = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Away from this thread: what the silo does before it first waits must not hold up the web server.
        _start = Task.Run(() => StartSiloAsync(cancellationToken), CancellationToken.None);
        return choice.Value.Clustering == ClusteringKind.InProcess ? _start : Task.CompletedTask;
    }

    /// <summary>Comes when the web server listens, and before the host says that it has started.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => _start;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _silo?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives up a start that the host gave up, for example because the web server could not listen.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task StartSiloAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        foreach (var preparation in services.GetServices<ISiloPreparation>())
        {
            await preparation.PrepareAsync(either.Token).ConfigureAwait(false);
        }

        _silo = create(services);
        await _silo.StartAsync(either.Token).ConfigureAwait(false);
        progress.MarkStarted();
    }
}
