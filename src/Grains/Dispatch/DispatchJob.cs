using Reranker.Attempts;
using Reranker.Grains.Fleet;
using Reranker.Grains.Wire;
using Reranker.Inference.Tokenization;
using Reranker.Workers;

namespace Reranker.Grains.Dispatch;

/// <summary>One planned request on its way through the workers.</summary>
internal sealed class DispatchJob(
    Guid requestId, string tenant, string identity, TokenizedRequest tokenized, byte bytesPerId, DispatchPlan plan, FleetWorker[] workers, Deadline deadline,
    ScoresFilled? filled = null)
{
    private readonly long _tokens = plan.SubBatches.Sum(static s => s.Tokens);
    private readonly byte[] _query = PairPacking.PackIds(tokenized.QueryIds, bytesPerId);

    /// <summary>Names the request to its workers.</summary>
    public Guid RequestId { get; } = requestId;

    /// <summary>Identity every sub-batch is pinned to.</summary>
    public string Identity { get; } = identity;

    /// <summary>How urgent it is.</summary>
    public WorkPriority Priority { get; init; }

    /// <summary>How it is split.</summary>
    public DispatchPlan Plan { get; } = plan;

    /// <summary>The plan's workers by candidate index.</summary>
    public FleetWorker[] Workers { get; } = workers;

    /// <summary>When it must have ended.</summary>
    public Deadline Deadline { get; } = deadline;

    /// <summary>Where the results go.</summary>
    public ScoreSlots Slots { get; } = new(tokenized.PassageIds.Length, plan.SubBatches.Length, filled);

    /// <summary>Packs a sub-batch; attempts differ only in time left and number.</summary>
    public ScoreRequest PackSubBatch(SubBatch subBatch)
    {
        var passages = PairPacking.PackIds(tokenized.PassageIds, subBatch.Passages, bytesPerId, out var lengths);
        return new ScoreRequest
        {
            ModelIdentity = Identity,
            QueryIds = _query,
            PassageIds = passages,
            PassageLengths = lengths,
            BytesPerId = bytesPerId,
            QueryLengths = tokenized.QueryLengths is { } kept ? Array.ConvertAll(subBatch.Passages, i => kept[i]) : null,
            KeepQueryEnd = tokenized.KeepQueryEnd,
            RemainingMilliseconds = 0,
            Tenant = tenant,
            RequestId = RequestId,
            RequestTokens = _tokens,
            Priority = Priority,
            Template = PairPacking.PackTemplate(tokenized.Template),
        };
    }
}
