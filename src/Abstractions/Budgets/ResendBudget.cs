namespace Reranker.Budgets;

/// <summary>
/// Limits how much work is sent once more because its holder does not answer: a share of what was sent in about the last minute, and a
/// fixed allowance on top. When one of several holders goes silent, all that it has may be sent again at once, since a holder has only
/// what was sent to it within seconds. When all are slow to answer, copies would make them slower still: only the share may go on then.
/// Thread-safe.
/// </summary>
/// <remarks>
/// Both sums decay with a time constant of <see cref="Memory"/>, so that at a steady rate they are what was sent within a minute. The
/// copy that uses up the budget may be larger than what was left of it: a large work is not refused for its size alone.
/// </remarks>
/// <param name="share">Of what was sent.</param>
/// <param name="allowance">What may be sent again beside the share.</param>
/// <param name="time">The clock.</param>
internal sealed class ResendBudget(double share, double allowance, TimeProvider time)
{
    /// <summary>How long what was sent counts.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _at = time.GetTimestamp();
    private double _sent;
    private double _resent;

    /// <summary>Counts work that is sent for the first time.</summary>
    public void AddSent(double amount)
    {
        lock (_lock)
        {
            DecaySums();
            _sent += amount;
        }
    }

    /// <summary>Takes a copy's work out of the budget; false, and nothing taken, when it is used up.</summary>
    public bool TryTake(double amount)
    {
        lock (_lock)
        {
            DecaySums();
            if (_resent >= (share * _sent) + allowance)
            {
                return false;
            }

            _resent += amount;
            return true;
        }
    }

    private void DecaySums()
    {
        var now = time.GetTimestamp();
        var kept = Math.Exp(-(time.GetElapsedTime(_at, now) / Memory));
        (_at, _sent, _resent) = (now, _sent * kept, _resent * kept);
    }
}
