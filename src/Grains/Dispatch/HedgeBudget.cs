using Microsoft.Extensions.Options;

namespace Reranker.Grains.Dispatch;

/// <summary>
/// Rations the copies of stuck work: a share of the tokens this silo has dispatched, saved up to a burst. It starts empty,
/// so that at no moment more than the share has been spent. Thread-safe.
/// </summary>
internal sealed class HedgeBudget(IOptions<DispatchOptions> options)
{
    private readonly Lock _lock = new();
    private double _saved;
    private long _dispatched;
    private long _spent;

    /// <summary>Tokens dispatched so far, copies not counted.</summary>
    public long DispatchedTokens => Interlocked.Read(ref _dispatched);

    /// <summary>Tokens of copies of stuck work so far.</summary>
    public long SpentTokens => Interlocked.Read(ref _spent);

    /// <summary>Counts work that is no copy.</summary>
    public void AddDispatched(long tokens)
    {
        lock (_lock)
        {
            _dispatched += tokens;
            _saved = Math.Min(options.Value.HedgeBurstTokens, _saved + (options.Value.HedgeShare * tokens));
        }
    }

    /// <summary>Takes the tokens of a copy out of the budget; false, and nothing taken, when there are too few.</summary>
    public bool TryTake(long tokens)
    {
        lock (_lock)
        {
            if (_saved < tokens)
            {
                return false;
            }

            _saved -= tokens;
            _spent += tokens;
            return true;
        }
    }
}
