using Microsoft.Extensions.Logging;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>
/// One device: a queue, threads and an engine for each model it serves. Owns the engines; models come and go while it
/// works.
/// </summary>
public sealed class ScoringWorker : IScoringWorker, IAsyncDisposable
{
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkerOptions _options;
    private readonly WorkerGroup _group;
    private readonly TimeProvider _time;
    private readonly ILogger<ScoringWorker> _logger;
    private readonly Lock _change = new();
    private volatile ModelRunner[] _runners = []; // replaced as a whole, under the lock
    private bool _stopped;
    private long _sequence;

    /// <summary>Starts a worker; it takes work at once.</summary>
    /// <param name="ordinal">Its ordinal in the process, from 0.</param>
    /// <param name="engines">Its engines, one a model, ready. They are disposed with the worker, once there is one.</param>
    /// <param name="options">How it forms batches and how much it lets wait.</param>
    /// <param name="group">The workers of this process, which help each other.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it says what went wrong.</param>
    /// <exception cref="EngineException">An engine cannot make a lane.</exception>
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
        (Ordinal, _options, _group, _time, _logger) = (ordinal, options, group, time, logger);
        var opened = new List<ModelRunner>(engines.Count);
        try
        {
            foreach (var engine in engines)
            {
                opened.Add(OpenRunner(engine, opened));
            }
        }
        catch
        {
            opened.ForEach(r => r.CloseLanes());
            throw;
        }

        _runners = [.. opened];
        opened.ForEach(r => r.StartServing());
    }

    /// <inheritdoc/>
    public int Ordinal { get; }

    /// <inheritdoc/>
    public IReadOnlyList<EngineDescription> Engines => [.. _runners.Select(r => r.Engine)];

    /// <inheritdoc/>
    public Task Lost => _lost.Task;

    /// <inheritdoc/>
    public WorkerStatus Status
    {
        get
        {
            // The number comes first: whatever has a higher one knows of every change that this one knows of.
            var sequence = Interlocked.Increment(ref _sequence);
            return new WorkerStatus { Models = Array.ConvertAll(_runners, static r => r.Gauges.Status), Sequence = sequence };
        }
    }

    /// <inheritdoc/>
    public Task<WorkResult> ScoreAsync(WorkItem work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        return FindRunner(work.ModelIdentity) is { } runner
            ? runner.Intake.ScoreAsync(work, cancellationToken)
            : Task.FromResult(WorkResult.Create(WorkOutcome.WrongModel));
    }

    /// <inheritdoc/>
    public RequestProgress FindProgress(string modelIdentity, Guid requestId)
        => FindRunner(modelIdentity) is { } runner ? runner.Gauges.FindProgress(requestId) : default;

    /// <summary>
    /// Serves one more model. The engine is ready, and disposed with the worker or when the model is removed; it stays the
    /// caller's where this throws, and the other models are served on.
    /// </summary>
    /// <exception cref="EngineException">The engine cannot make a lane.</exception>
    /// <exception cref="ArgumentException">The worker serves that model already.</exception>
    /// <exception cref="ObjectDisposedException">The worker has stopped.</exception>
    public void AddModel(IInferenceEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        lock (_change)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            var runner = OpenRunner(engine, _runners);
            _runners = [.. _runners, runner];
            runner.StartServing();
        }
    }

    /// <summary>
    /// Serves a model no more: new work for it is <see cref="WorkOutcome.WrongModel"/>, what is queued is done first, then
    /// the engine is freed. Does nothing for a model that it does not serve.
    /// </summary>
    /// <param name="identity">The model.</param>
    /// <param name="cancellationToken">Cancelled when queued work is to be given up.</param>
    public async Task RemoveModelAsync(string identity, CancellationToken cancellationToken)
    {
        ModelRunner? runner;
        lock (_change)
        {
            runner = FindRunner(identity);
            if (runner is null)
            {
                return;
            }

            _runners = [.. _runners.Where(r => r != runner)];
        }

        await runner.DrainAsync(cancellationToken).ConfigureAwait(false);
        await runner.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Takes no more work, and completes when everything it has is done or the token is cancelled. Then dispose it: works
    /// that are left end as <see cref="WorkOutcome.Draining"/>.
    /// </summary>
    public Task DrainAsync(CancellationToken cancellationToken)
        => Task.WhenAll(_runners.Select(r => r.DrainAsync(cancellationToken)));

    /// <summary>Stops the threads after the batches that run, and frees the engines. Safe at any time.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_change)
        {
            _stopped = true;
        }

        await Task.WhenAll(_runners.Select(r => r.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    private ModelRunner? FindRunner(string identity) => FindRunner(identity, _runners);

    private static ModelRunner? FindRunner(string identity, IReadOnlyList<ModelRunner> runners)
    {
        for (var i = 0; i < runners.Count; i++)
        {
            if (runners[i].Engine.ModelIdentity == identity)
            {
                return runners[i];
            }
        }

        return null;
    }

    private ModelRunner OpenRunner(IInferenceEngine engine, IReadOnlyList<ModelRunner> others)
    {
        if (FindRunner(engine.Description.ModelIdentity, others) is not null)
        {
            throw new ArgumentException("The worker serves that model already.", nameof(engine));
        }

        var runner = new ModelRunner(Ordinal, engine, _options, _group, StopRunnersOfLostDevice, _time, _logger);
        runner.OpenLanes();
        return runner;
    }

    // A device is lost to all models on it; the others would each find out with a batch of their own, or wait for a run that
    // does not end.
    private void StopRunnersOfLostDevice(ModelRunner first, string reason)
    {
        _lost.TrySetResult();
        foreach (var runner in _runners.Where(r => r.Engine.Device == first.Engine.Device))
        {
            runner.StopAfterDeviceLoss(reason, error: null);
        }
    }
}
