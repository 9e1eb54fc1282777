using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Workers;

/// <summary>What can be read of one model on one device: its load, how far a request is, and what its metrics show.</summary>
internal sealed class ModelGauges(
    int worker, IInferenceEngine engine, GroupMember member, LaneSet lanes, BatchBudget budget, RunCounter counter)
{
    private readonly ModelQueue _queue = member.Queue;
    private readonly RunnerLifecycle _life = member.Life;

    /// <summary>Ordinal of the worker.</summary>
    public int Worker => worker;

    public EngineDescription Engine => engine.Description;

    public RunnerPhase Phase => _life.Phase;

    public bool IsSuspended => _life.IsSuspended;

    public long WaitingTokens => _queue.WaitingTokens;

    public double TokensPerSecond => engine.Cost.TokensPerSecond;

    /// <summary>Most tokens that a batch may have now.</summary>
    public int MaxBatchTokens => budget.MaxTokens;

    /// <summary>Seconds in which runs had the device.</summary>
    public double BusySeconds => counter.BusySeconds;

    public ModelStatus Status
    {
        get
        {
            var (phase, suspended, waiting, rate) = (Phase, IsSuspended, WaitingTokens, TokensPerSecond);
            return new ModelStatus
            {
                Identity = Engine.ModelIdentity,
                QueuedTokens = waiting,
                TokensPerSecond = rate,
                InFlight = TimeSpan.FromMicroseconds(lanes.InFlightMicroseconds),
                Backlog = TimeSpan.FromMicroseconds(waiting * 1e6 / rate),
                Ready = phase == RunnerPhase.Ready && !suspended,
                Suspended = suspended,
                Draining = phase is RunnerPhase.Draining or RunnerPhase.Stopped,
                Lost = phase == RunnerPhase.Lost,
            };
        }
    }

    /// <summary>How far a request is here.</summary>
    public RequestProgress FindProgress(Guid requestId)
    {
        var worst = lanes.FindMostOverdue();
        return new RequestProgress(
            _queue.FindStage(requestId), TimeSpan.FromMicroseconds(worst.Elapsed), TimeSpan.FromMicroseconds(worst.Predicted));
    }
}
