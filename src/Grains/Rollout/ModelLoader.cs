using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Reranker.Grains.Logging;
using Reranker.Grains.Models;

namespace Reranker.Grains.Rollout;

/// <summary>Loads the models that the directives ask for, one at a time, and remembers those that could not be loaded. Thread-safe.</summary>
internal sealed partial class ModelLoader(DirectiveStore directives, IModelHost host, TimeProvider time, ILogger logger) : IDisposable
{
    // One at a time: engines measure their device while they load.
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly ConcurrentDictionary<string, (ModelPlacement Placement, string Error)> _failed = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Dispose() => _loading.Dispose();

    /// <summary>What the directives ask to be loaded of an identity; null when that is nothing, or has failed.</summary>
    public ModelPlacement? FindPlacementToLoad(string identity)
        => Array.Find(directives.Current.Loaded, p => p.Identity == identity) is { } placement && FindFailure(placement) is null ? placement : null;

    /// <summary>Why what was asked for could not be loaded; null when it did not fail.</summary>
    public string? FindFailure(ModelPlacement placement)
        // By content: under one revision two silos may have been told two things.
        => _failed.TryGetValue(placement.Identity, out var failure) && failure.Placement == placement ? failure.Error : null;

    /// <summary>Loads a model when its turn has come, if it is wanted then; false when it is not there after all.</summary>
    public async Task<bool> TryLoadAsync(string identity, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            // Others were loaded meanwhile, and this one may not be wanted any more.
            if (FindPlacementToLoad(identity) is not { } placement)
            {
                return false;
            }

            var start = time.GetTimestamp();
            LogLoading(placement.Name, identity, placement.Folder);
            try
            {
                await host.LoadAsync(placement, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _failed[identity] = (placement, e.Message);
                LogFailed(e, placement.Name, identity, placement.Folder);
                return false;
            }

            LogLoaded(placement.Name, identity, time.GetElapsedTime(start).TotalSeconds);
            return true;
        }
        finally
        {
            _loading.Release();
        }
    }

    [LoggerMessage(GrainsEventIds.ModelLoading, LogLevel.Information, "Loading model {Name}, {Identity}, from {Folder}")]
    private partial void LogLoading(string name, string identity, string folder);

    [LoggerMessage(GrainsEventIds.ModelLoaded, LogLevel.Information, "Model {Name}, {Identity}, is ready after {Seconds:F1} s")]
    private partial void LogLoaded(string name, string identity, double seconds);

    [LoggerMessage(GrainsEventIds.ModelFailed, LogLevel.Error, "Model {Name}, {Identity}, cannot be loaded from {Folder}")]
    private partial void LogFailed(Exception exception, string name, string identity, string folder);
}
