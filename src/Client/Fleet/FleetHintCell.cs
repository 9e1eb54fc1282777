using Reranker.Fleet;

namespace Reranker.Client.Fleet;

/// <summary>The newest hint, written by every reply and read by every request, without a lock.</summary>
internal sealed class FleetHintCell(TimeProvider time)
{
    private volatile Box? _newest;

    /// <summary>
    /// The hint as it is now: a queue that was told of has been worked off since. Who refuses work because of a hint gets no
    /// reply that could correct it, and must not refuse for ever.
    /// </summary>
    public FleetHint? Current
    {
        get
        {
            if (_newest is not { } newest)
            {
                return null;
            }

            var age = time.GetElapsedTime(newest.At).TotalMilliseconds;
            return newest.Hint with { ExpectedWaitMilliseconds = (int)Math.Max(0, newest.Hint.ExpectedWaitMilliseconds - age) };
        }
    }

    /// <summary>Keeps a hint that says something; a fleet that serves nothing at present sends an empty one.</summary>
    public void Update(FleetHint hint)
    {
        if (hint.TokensPerSecond > 0 && double.IsFinite(hint.TokensPerSecond))
        {
            _newest = new Box(hint, time.GetTimestamp());
        }
    }

    private sealed record Box(FleetHint Hint, long At);
}
