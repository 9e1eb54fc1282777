using Reranker.Workers;

namespace Reranker.Grains.Tests.Dispatch.Fakes;

/// <summary>A worker grain whose answers a test scripts, by the number of the call.</summary>
internal sealed class ScriptedWorker(int number) : IGpuWorkerGrain
{
    private long _sequence;

    /// <summary>Which worker of the fleet it is.</summary>
    public int Number { get; } = number;

    /// <summary>Every sub-batch it was sent, with the token that ends the call.</summary>
    public List<(ScoreRequest Request, CancellationToken Stop)> Calls { get; } = [];

    /// <summary>Times it was asked after one.</summary>
    public int Questions { get; private set; }

    /// <summary>Answers call 0, 1, …; scores it unless set.</summary>
    public Func<int, ScoreRequest, CancellationToken, Task<ScoreReply>>? OnScore { get; set; }

    /// <summary>Answers a question; says that all of it waits unless set.</summary>
    public Func<CancellationToken, Task<WorkProgress>>? OnProgress { get; set; }

    /// <summary>Wait it claims.</summary>
    public TimeSpan Backlog { get; set; }

    /// <summary>Its load; 1,000,000 tokens a second.</summary>
    public WorkerLoad Load => new()
    {
        State = WorkerState.Ready,
        TokensPerSecond = 1_000_000,
        BacklogMicroseconds = (long)Backlog.TotalMicroseconds,
        Sequence = ++_sequence,
    };

    /// <summary>The score of a passage, different for every worker and call, so that mixed answers show.</summary>
    public static float Logit(int worker, int call, int passageToken) => (worker * 10_000) + (call * 1_000) + passageToken;

    public Task<ScoreReply> ScoreAsync(ScoreRequest request, CancellationToken cancellationToken)
    {
        Calls.Add((request, cancellationToken));
        var call = Calls.Count - 1;
        return OnScore?.Invoke(call, request, cancellationToken) ?? Task.FromResult(Scored(call, request));
    }

    public Task<WorkerLoad> GetLoadAsync(CancellationToken cancellationToken) => Task.FromResult(Load);

    public Task<WorkProgress> GetProgressAsync(string modelIdentity, Guid requestId, CancellationToken cancellationToken)
    {
        Questions++;
        return OnProgress?.Invoke(cancellationToken) ?? Task.FromResult(At(WorkStage.Queued));
    }

    /// <summary>Scores of a call: one token a passage, two bytes each.</summary>
    public ScoreReply Scored(int call, ScoreRequest request) => new()
    {
        Outcome = ScoreOutcome.Ok,
        Logits = [.. Enumerable.Range(0, request.Count).Select(i => Logit(Number, call, request.PassageIds[i * 2] + (request.PassageIds[(i * 2) + 1] << 8)))],
        Load = Load,
    };

    /// <summary>An outcome without scores.</summary>
    public ScoreReply Refused(ScoreOutcome outcome) => new() { Outcome = outcome, Load = Load };

    /// <summary>An answer that something stands so, with nothing overdue.</summary>
    public WorkProgress At(WorkStage stage) => new() { Stage = stage, Load = Load };

    /// <summary>An answer that a run of 10 ms has taken ten seconds.</summary>
    public WorkProgress Stuck() => new() { Stage = WorkStage.Running, RunningMicroseconds = 10_000_000, PredictedMicroseconds = 10_000, Load = Load };

    /// <summary>Nothing, until the call is ended.</summary>
    public static async Task<T> Never<T>(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("unreachable");
    }
}
