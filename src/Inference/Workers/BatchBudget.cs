using Reranker.Inference.Costs;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;

namespace Reranker.Inference.Workers;

/// <summary>
/// How large batches may be on a device now. Only memory that ran out makes it smaller, and time makes it larger again: a
/// neighbour's peak must not halve a worker for the months it lives, while a trial that fails costs one run, whose pairs run
/// again in halves. Each trial that fails doubles the time to the next.
/// </summary>
internal sealed class BatchBudget(EngineDescription engine, ICostModel cost, TimeSpan target, MonotonicClock clock)
{
    private static readonly long FirstPatience = MonotonicClock.ToMicroseconds(TimeSpan.FromMinutes(1));
    private static readonly long MaxPatience = MonotonicClock.ToMicroseconds(TimeSpan.FromHours(1));

    private readonly Lock _lock = new();
    private int _maxTokens = engine.MaxBatchTokens;
    private long _patience = FirstPatience;
    private long _grownAt = long.MinValue / 2;
    private long _growAt = long.MaxValue;

    public int MaxTokens => Volatile.Read(ref _maxTokens);

    /// <summary>Tokens that fill the target time of one run.</summary>
    public double FullBatchTokens => Math.Min(MaxTokens, cost.TokensPerSecond / engine.Lanes * target.TotalSeconds);

    public BatchLimits Limits => new(engine.MaxBatchPairs, MaxTokens, target.TotalMicroseconds);

    /// <summary>
    /// Half of what did not fit is the new limit: activations grow with the tokens, so half of them take half the memory.
    /// False when the limit was that low already, as after the other batch that was formed before the first one failed.
    /// </summary>
    public bool ShrinkAfter(long failedTokens)
    {
        lock (_lock)
        {
            // A single pair is always tried, so the limit need not go below the longest one.
            var limit = (int)Math.Max(engine.MaxPairTokens, failedTokens / 2);
            if (limit >= _maxTokens)
            {
                return false;
            }

            // A limit that held for its time was right, and what fails now is another shortage.
            var now = clock.Now;
            _patience = now - _grownAt < _patience ? Math.Min(2 * _patience, MaxPatience) : FirstPatience;
            Volatile.Write(ref _maxTokens, limit);
            Volatile.Write(ref _growAt, now + _patience);
            return true;
        }
    }

    /// <summary>To be told of every run that worked: doubles the limit when its time has come; true when it did.</summary>
    public bool TryGrow()
    {
        if (clock.Now < Volatile.Read(ref _growAt))
        {
            return false;
        }

        lock (_lock)
        {
            var now = clock.Now;
            if (now < _growAt)
            {
                return false;
            }

            var limit = (int)Math.Min(engine.MaxBatchTokens, 2L * _maxTokens);
            _grownAt = now;
            Volatile.Write(ref _maxTokens, limit);
            Volatile.Write(ref _growAt, limit == engine.MaxBatchTokens ? long.MaxValue : now + _patience);
            return true;
        }
    }
}
