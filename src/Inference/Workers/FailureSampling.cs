using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>Chooses which of many failures are logged: the first of each minute. The others are counted.</summary>
internal sealed class FailureSampling(MonotonicClock clock)
{
    private static readonly long Period = MonotonicClock.ToMicroseconds(TimeSpan.FromMinutes(1));

    private readonly Lock _lock = new();
    private long _loggedAt = long.MinValue / 2;
    private long _since;

    /// <summary>True when this failure is to be logged.</summary>
    /// <param name="others">How many were not, since the last one that was.</param>
    public bool ShouldLog(out long others)
    {
        lock (_lock)
        {
            others = _since;
            if (clock.Now - _loggedAt < Period)
            {
                _since++;
                return false;
            }

            (_loggedAt, _since) = (clock.Now, 0);
            return true;
        }
    }
}
