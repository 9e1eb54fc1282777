using Reranker.Grains.Dispatch;
using Reranker.Inference.Batching;
using Reranker.Inference.Scoring;

namespace Reranker.Simulation.Workload;

/// <summary>One request from its arrival to its one end.</summary>
internal sealed class SimulatedRequest(int number, Tenant tenant, PairSizes work, TimeSpan arrival)
{
    private readonly List<QueuedItem> _live = [];

    public Guid Id { get; } = new(number, 0, 0, new byte[8]);

    public Tenant Tenant => tenant;

    public PairSizes Work => work;

    public TimeSpan Arrival => arrival;

    public TimeSpan Deadline => arrival + tenant.Deadline;

    public long Tokens { get; } = work.PairTokens.Sum(t => (long)t);

    /// <summary>Parts without a result.</summary>
    public int PartsLeft { get; set; }

    /// <summary>How it ended; null while it runs.</summary>
    public RequestEnd? End { get; private set; }

    /// <summary>When it ended.</summary>
    public TimeSpan EndedAt { get; private set; }

    public void AddLive(QueuedItem queued) => _live.Add(queued);

    public void RemoveLive(QueuedItem queued) => _live.Remove(queued);

    /// <summary>Ends it, and takes what is left of it out of every queue.</summary>
    public void Finish(RequestEnd end, TimeSpan now)
    {
        if (End is not null)
        {
            return;
        }

        (End, EndedAt) = (end, now);
        foreach (var queued in _live.ToArray())
        {
            queued.TryComplete(WorkOutcome.Cancelled, error: null);
        }
    }
}
