namespace Reranker.Gateway.Admission;

/// <summary>
/// What the fleet has just refused of one tenant for one model. A request that is larger and has less time would be refused
/// for the same reason, after it was sent, tokenized and planned: under a flood that work is what others wait for. Thread-safe.
/// </summary>
internal sealed class RecentRefusals(TimeProvider time)
{
    // A queue that refuses is about as long as the deadline; while it works off so much of it nothing idles, and what was
    // refused meanwhile would have found room for little more.
    private const double HoldShare = 0.02;

    // Each request is compared with all of them, and a few say nearly as much as many.
    private const int MaxRefusals = 8;

    private static readonly TimeSpan MaxHold = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<Refusal> _refusals = [];

    /// <summary>Keeps that the fleet had no room for a request.</summary>
    /// <param name="tokens">Its estimated tokens.</param>
    /// <param name="characters">Of its texts: a silo also refuses for want of memory, whatever is cut off of them later.</param>
    /// <param name="remaining">Time it had left when it was sent.</param>
    /// <param name="retryAfter">When the fleet asks to try again.</param>
    public void Add(long tokens, long characters, TimeSpan remaining, TimeSpan? retryAfter)
    {
        var hold = remaining * HoldShare;
        hold = hold < MaxHold ? hold : MaxHold;
        var now = time.GetTimestamp();
        lock (_lock)
        {
            _refusals.RemoveAll(r => IsOver(r, now) || (r.Tokens >= tokens && r.Characters >= characters && r.Remaining <= remaining));
            if (_refusals.Count < MaxRefusals)
            {
                _refusals.Add(new Refusal(tokens, characters, remaining, now, hold, retryAfter ?? hold));
            }
        }
    }

    /// <summary>When to try again, if the fleet has just refused a request that was no larger and had no less time.</summary>
    /// <returns>Null when the fleet should be asked.</returns>
    public TimeSpan? FindRetryAfter(long tokens, long characters, TimeSpan remaining)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            foreach (var refusal in _refusals)
            {
                if (refusal.Tokens <= tokens && refusal.Characters <= characters && refusal.Remaining >= remaining && !IsOver(refusal, now))
                {
                    return refusal.RetryAfter - time.GetElapsedTime(refusal.At, now);
                }
            }
        }

        return null;
    }

    private bool IsOver(in Refusal refusal, long now) => time.GetElapsedTime(refusal.At, now) >= refusal.Hold;

    private readonly record struct Refusal(long Tokens, long Characters, TimeSpan Remaining, long At, TimeSpan Hold, TimeSpan RetryAfter);
}
