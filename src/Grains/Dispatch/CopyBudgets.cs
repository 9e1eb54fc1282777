using Microsoft.Extensions.Options;
using Reranker.Budgets;

namespace Reranker.Grains.Dispatch;

/// <summary>What this silo may send a second time, beside a first copy that has no answer. Thread-safe.</summary>
internal sealed class CopyBudgets(IOptions<DispatchOptions> options, TimeProvider time)
{
    private readonly ResendBudget _resends = new(options.Value.ResendShare, options.Value.ResendTokens, time);
    private long _resent;

    /// <summary>For copies of what is stuck on a device.</summary>
    public HedgeBudget Hedges { get; } = new(options);

    /// <summary>Tokens sent again so far because nobody answered for them.</summary>
    public long ResentTokens => Interlocked.Read(ref _resent);

    /// <summary>Counts work that is no copy.</summary>
    public void AddDispatched(long tokens)
    {
        Hedges.AddDispatched(tokens);
        _resends.AddSent(tokens);
    }

    /// <summary>Takes the tokens of a copy out of its budget; false, and nothing taken, when that has too few.</summary>
    public bool TryTake(AttemptKind kind, long tokens)
    {
        if (kind == AttemptKind.Hedge)
        {
            return Hedges.TryTake(tokens);
        }

        if (!_resends.TryTake(tokens))
        {
            return false;
        }

        Interlocked.Add(ref _resent, tokens);
        return true;
    }
}
