using System.Collections.Concurrent;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;

namespace Reranker.TestKit.Cluster;

/// <summary>
/// A worker without a device: scores are a function of the pair's ids, and a script decides how each work ends.
/// </summary>
public sealed class FakeScoringWorker : IScoringWorker
{
    private long _sequence;

    /// <summary>Creates a worker that serves the given models.</summary>
    public FakeScoringWorker(params FakeModel[] models) => Serve(models);

    /// <inheritdoc/>
    public int Ordinal { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<EngineDescription> Engines { get; private set; } = [];

    /// <summary>Tokens a second it claims; 0 claims nothing.</summary>
    public double TokensPerSecond { get; set; } = 1_000_000;

    /// <summary>Backlog it claims.</summary>
    public TimeSpan Backlog { get; set; }

    /// <summary>True when it claims to drain.</summary>
    public bool Draining { get; set; }

    /// <summary>Completes when the test says so.</summary>
    public TaskCompletionSource LostSource { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public Task Lost => LostSource.Task;

    /// <summary>Decides how a work ends; scores it unless set.</summary>
    public Func<WorkItem, CancellationToken, Task<WorkResult>> Script { get; set; } = (work, _) => Task.FromResult(Scored(work));

    /// <summary>Every work it was given, in order.</summary>
    public ConcurrentQueue<WorkItem> Works { get; } = new();

    /// <summary>What it says of a request it is asked after; by default that all of it runs, within the predicted time.</summary>
    public Func<Guid, RequestProgress> Progress { get; set; } = static _ => new RequestProgress(RequestStage.Running, default, default);

    /// <summary>A worker that says a run takes a thousand times as long as predicted.</summary>
    public static Func<Guid, RequestProgress> Stuck { get; } =
        static _ => new RequestProgress(RequestStage.Running, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(10));

    /// <summary>Works whose cancellation reached the worker.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    private int _cancelled;

    /// <inheritdoc/>
    public WorkerStatus Status => new()
    {
        Sequence = Interlocked.Increment(ref _sequence),
        Models = [.. Engines.Select(e => ModelScript(e.ModelIdentity, new ModelStatus
        {
            Identity = e.ModelIdentity,
            TokensPerSecond = TokensPerSecond,
            Backlog = Backlog,
            Ready = !Draining,
            Draining = Draining,
        }))],
    };

    /// <summary>Changes what it claims of one model; by default all are alike.</summary>
    public Func<string, ModelStatus, ModelStatus> ModelScript { get; set; } = static (_, status) => status;

    /// <inheritdoc/>
    public RequestProgress FindProgress(string modelIdentity, Guid requestId) => Progress(requestId);

    /// <summary>Replaces the models it serves.</summary>
    public void Serve(params FakeModel[] models) => Engines = [.. models.Select(m => m.Describe())];

    /// <summary>Serves one more model.</summary>
    public void ServeAlso(FakeModel model) => Engines = [.. Engines.Where(e => e.ModelIdentity != model.Identity), model.Describe()];

    /// <summary>Serves a model no more; what it has is done.</summary>
    public void ServeNoMore(string identity) => Engines = [.. Engines.Where(e => e.ModelIdentity != identity)];

    /// <inheritdoc/>
    public async Task<WorkResult> ScoreAsync(WorkItem work, CancellationToken cancellationToken)
    {
        Works.Enqueue(work);
        if (Engines.All(e => e.ModelIdentity != work.ModelIdentity))
        {
            return new WorkResult { Outcome = WorkOutcome.WrongModel };
        }

        try
        {
            return await Script(work, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            return new WorkResult { Outcome = WorkOutcome.Cancelled };
        }
    }

    /// <summary>A script that answers every work with this outcome.</summary>
    public static Func<WorkItem, CancellationToken, Task<WorkResult>> Always(WorkOutcome outcome)
        => (_, _) => Task.FromResult(new WorkResult { Outcome = outcome });

    /// <summary>A script that answers nothing until the work is cancelled.</summary>
    public static Func<WorkItem, CancellationToken, Task<WorkResult>> Silent { get; } = async (_, cancellationToken) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        return new WorkResult { Outcome = WorkOutcome.Ok };
    };

    /// <summary>The work with its scores.</summary>
    public static WorkResult Scored(WorkItem work)
    {
        var logits = new float[work.Count];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = Score(work.Ids.AsSpan(work.Offsets[i]..work.Offsets[i + 1]));
        }

        return new WorkResult { Outcome = WorkOutcome.Ok, Logits = logits, Batches = 1, InferenceTime = TimeSpan.FromMilliseconds(1) };
    }

    /// <summary>The score of a joined pair: its ids hashed (FNV-1a) to a number from -8 to 8.</summary>
    public static float Score(ReadOnlySpan<int> pair)
    {
        var hash = 2_166_136_261u;
        foreach (var id in pair)
        {
            hash = unchecked((hash ^ (uint)id) * 16_777_619u);
        }

        return (hash / (float)uint.MaxValue * 16) - 8;
    }
}
