using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Workers;

/// <summary>One device: a queue, threads and an engine for each model it serves. Owns the engines.</summary>
public sealed class ScoringWorker : IScoringWorker, IAsyncDisposable
{
    private readonly Dictionary<string, ModelRunner> _runners;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sequence;

    /// <summary>Starts a worker; it takes work at once.</summary>
    /// <param name="ordinal">Its ordinal in the process, from 0.</param>
    /// <param name="engines">Its engines, one a model, ready. They are disposed with the worker.</param>
    /// <param name="options">How it forms batches and how much it lets wait.</param>
    /// <param name="group">The workers of this process, which help each other.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what went wrong.</param>
    public ScoringWorker(
        int ordinal,
        IReadOnlyList<IInferenceEngine> engines,
        WorkerOptions options,
        WorkerGroup group,
        TimeProvider time,
        ILogger<ScoringWorker> logger)
    {
        ArgumentNullException.ThrowIfNull(engines);
        options.Checked();
        Ordinal = ordinal;
        Engines = [.. engines.Select(e => e.Description)];
        _runners = engines.ToDictionary(
            e => e.Description.ModelIdentity, e => new ModelRunner(ordinal, e, options, group, LoseDevice, time, logger));
        foreach (var runner in _runners.Values)
        {
            runner.Start();
        }
    }

    /// <inheritdoc/>
    public int Ordinal { get; }

    /// <inheritdoc/>
    public IReadOnlyList<EngineDescription> Engines { get; }

    /// <inheritdoc/>
    public Task Lost => _lost.Task;

    /// <inheritdoc/>
    public WorkerStatus Status
    {
        get
        {
            var runners = _runners.Values;
            return new WorkerStatus
            {
                QueuedTokens = runners.Sum(r => r.Queue.WaitingTokens),
                TokensPerSecond = runners.Max(r => r.Engine.Cost.TokensPerSecond),
                InFlight = TimeSpan.FromMicroseconds(runners.Max(r => r.InFlightMicroseconds)),
                Backlog = TimeSpan.FromMicroseconds(runners.Sum(r => r.BacklogMicroseconds)),
                Ready = runners.All(r => r.State == RunnerState.Ready),
                Draining = runners.Any(r => r.State is RunnerState.Draining or RunnerState.Stopped),
                Lost = runners.Any(r => r.State == RunnerState.Lost),
                Sequence = Interlocked.Increment(ref _sequence),
            };
        }
    }

    /// <inheritdoc/>
    public Task<ScoreResult> ScoreAsync(ScoreWork work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _runners.TryGetValue(work.ModelIdentity, out var runner)
            ? runner.ScoreAsync(work, cancellationToken)
            : Task.FromResult(new ScoreResult { Outcome = WorkOutcome.WrongModel });
    }

    /// <inheritdoc/>
    public WorkStatus StatusOf(string modelIdentity, Guid requestId)
        => _runners.TryGetValue(modelIdentity, out var runner) ? runner.StatusOf(requestId) : default;

    /// <summary>
    /// Takes no more work, and completes when everything it has is done or the token is cancelled. Then dispose it: works
    /// that are left end as <see cref="WorkOutcome.Draining"/>.
    /// </summary>
    public Task DrainAsync(CancellationToken cancellationToken)
        => Task.WhenAll(_runners.Values.Select(r => r.DrainAsync(cancellationToken)));

    /// <summary>Stops the threads after the batches that run, and frees the engines. Safe at any time.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_runners.Values.Select(r => r.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    // A device is lost to all models on it; the others would each find out with a batch of their own, or wait for a run that
    // does not end.
    private void LoseDevice(ModelRunner first, string reason)
    {
        _lost.TrySetResult();
        foreach (var runner in _runners.Values.Where(r => r.Engine.Description.Device == first.Engine.Description.Device))
        {
            runner.Lose(reason);
        }
    }
}
