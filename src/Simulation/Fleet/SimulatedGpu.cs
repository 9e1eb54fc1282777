using Reranker.Inference.Batching;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;
using Reranker.Inference.Workers;
using Reranker.Simulation.Cards;
using Reranker.Simulation.Queues;
using Reranker.Simulation.Time;

namespace Reranker.Simulation.Fleet;

/// <summary>
/// One GPU: the product's queue, batch former and cost model (or a queue to compare with), driven by events in place of
/// threads. A real run takes what the saved table says, give or take some noise; what the worker predicts, it learns.
/// </summary>
internal sealed class SimulatedGpu : IScoringWorker
{
    private static readonly WorkerOptions Options = new();

    private readonly EventQueue _events;
    private readonly Random _noise;
    private readonly ICostModel _truth;
    private readonly ICostModel _cost;
    private readonly MonotonicClock _clock;
    private readonly IWorkQueue _queue;
    private readonly Batch _batch;
    private TimeSpan _busyUntil;
    private bool _isBusy;
    private long _sequence;

    public SimulatedGpu(int ordinal, Card card, Policy policy, VirtualTime time, EventQueue events, Random noise)
    {
        (Ordinal, _events, _noise) = (ordinal, events, noise);
        (_truth, _cost) = (card.CreateCostModel(), card.CreateCostModel());
        _clock = new MonotonicClock(time);
        var limits = new BatchLimits(card.Engine.MaxBatchPairs, card.Engine.MaxBatchTokens, Options.TargetBatchTime.TotalMicroseconds);
        var quantum = (long)Math.Min(limits.MaxTokens, _cost.TokensPerSecond * Options.TargetBatchTime.TotalSeconds);
        _queue = policy == Policy.Ours
            ? new OurQueue(
                new ModelQueue(new QueueLimits(Options.MaxQueuedTokens, Options.MaxQueueTime.TotalMicroseconds, quantum), _clock), _cost, limits)
            : new SortedQueue(policy == Policy.EarliestDeadline, _clock, _cost, limits);
        _batch = new Batch(limits.MaxPairs);
        Engines = [card.Engine];
    }

    /// <inheritdoc/>
    public int Ordinal { get; }

    /// <inheritdoc/>
    public IReadOnlyList<EngineDescription> Engines { get; }

    /// <summary>Never: a simulated GPU does not break by itself.</summary>
    public Task Lost { get; } = new TaskCompletionSource().Task;

    /// <summary>The GPUs of its process, which help each other.</summary>
    public IReadOnlyList<SimulatedGpu> Siblings { get; set; } = [];

    /// <summary>Tokens of the pairs it has run.</summary>
    public long RunTokens { get; private set; }

    /// <summary>Time in which it has run them.</summary>
    public TimeSpan BusyTime { get; private set; }

    /// <summary>What a run takes beyond the engine's own time.</summary>
    public TimeSpan TimeBetweenRuns { get; init; }

    /// <inheritdoc/>
    public WorkerStatus Status => new()
    {
        Sequence = ++_sequence,
        Models =
        [
            new ModelStatus
            {
                Identity = Engines[0].ModelIdentity,
                QueuedTokens = _queue.WaitingTokens,
                TokensPerSecond = _cost.TokensPerSecond,
                InFlight = InFlight,
                Backlog = TimeSpan.FromSeconds(_queue.WaitingTokens / _cost.TokensPerSecond),
                Ready = true,
            },
        ],
    };

    private TimeSpan InFlight => _busyUntil > _events.Now ? _busyUntil - _events.Now : TimeSpan.Zero;

    /// <summary>Queues a work as the product's worker does; null when it is refused.</summary>
    public QueuedItem? TryEnqueue(WorkItem work, Action<QueuedItem, WorkResult> completed)
    {
        var alone = _cost.PredictMicroseconds([work.FindLongestPair()]);
        var now = _clock.Now;
        var deadline = now + MonotonicClock.ToMicroseconds(work.Remaining);
        var queued = new QueuedItem(work, now, deadline, deadline - (long)alone, (w, result) =>
        {
            _queue.ForgetItem(w);
            completed(w, result);
        });
        if (!_queue.TryAdd(queued, new DeviceForecast(_cost.TokensPerSecond, InFlight.TotalMicroseconds, alone) { Helpers = Math.Max(0, Siblings.Count - 1) }))
        {
            return null;
        }

        StartRun();
        if (_isBusy && Siblings.FirstOrDefault(s => s != this && !s._isBusy) is { } idle)
        {
            idle.StartRun();
        }

        return queued;
    }

    /// <summary>Ends what can no longer finish; the product does so ten times a second.</summary>
    public void EndExpired() => _queue.EndExpired();

    /// <inheritdoc/>
    public Task<WorkResult> ScoreAsync(WorkItem work, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public RequestProgress FindProgress(string modelIdentity, Guid requestId) => throw new NotSupportedException();

    private void StartRun()
    {
        if (_isBusy)
        {
            return;
        }

        _queue.FormBatch(_batch);
        if (_batch.Count == 0 && Siblings.FirstOrDefault(s => s != this && s._isBusy && s._queue.WaitingTokens > 0) is { } sibling)
        {
            sibling._queue.FormBatch(_batch);
        }

        if (_batch.Count > 0)
        {
            RunBatch();
        }
    }

    private void RunBatch()
    {
        // Two sums of uniform numbers are near enough to normal; 3 %.
        var noise = 1 + (0.03 * (_noise.NextDouble() + _noise.NextDouble() + _noise.NextDouble() - 1.5) * 2);
        var real = (_truth.PredictMicroseconds(_batch.Lengths) * noise) + TimeBetweenRuns.TotalMicroseconds;
        RunTokens += _batch.Tokens;
        BusyTime += TimeSpan.FromMicroseconds(real);
        _isBusy = true;
        _busyUntil = _events.Now + TimeSpan.FromMicroseconds(_cost.PredictMicroseconds(_batch.Lengths));
        var number = ++_sequence;
        var start = _clock.Now;
        _events.PlanAfter(TimeSpan.FromMicroseconds(real), () => EndRun(number, start, real));
    }

    private void EndRun(long number, long start, double real)
    {
        _cost.ObserveRun(_batch.Lengths, real);
        var pairs = _batch.Pairs.ToArray();
        _batch.Clear();
        _isBusy = false;
        foreach (var pair in pairs)
        {
            pair.Owner.NoteRun(number, start, _clock.Now);
            pair.Owner.SetLogit(pair.Index, 0);
        }

        StartRun();
    }
}
