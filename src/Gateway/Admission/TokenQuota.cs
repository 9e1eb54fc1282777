namespace Reranker.Gateway.Admission;

/// <summary>
/// A token bucket of one tenant that is charged an estimate and settled by what the work really cost, so it may go into
/// debt; while it is in debt, requests are refused. It holds one minute's worth.
/// </summary>
/// <remarks>System.Threading.RateLimiting's bucket can neither go into debt nor take tokens back.</remarks>
internal sealed class TokenQuota(long tokensPerMinute, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _tokens = tokensPerMinute;
    private long _updated = time.GetTimestamp();

    /// <summary>Charges an estimate, or says after which time the bucket is out of debt.</summary>
    public bool TryCharge(double tokens, out TimeSpan retryAfter)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var refilled = time.GetElapsedTime(_updated, now).TotalMinutes * tokensPerMinute;
            _tokens = Math.Min(tokensPerMinute, _tokens + refilled);
            _updated = now;
            if (_tokens <= 0)
            {
                retryAfter = TimeSpan.FromMinutes((1 - _tokens) / tokensPerMinute);
                return false;
            }

            _tokens -= tokens;
            retryAfter = TimeSpan.Zero;
            return true;
        }
    }

    /// <summary>Gives back what a charge had too much, or takes what it had too little (negative).</summary>
    public void RefundDifference(double difference)
    {
        lock (_lock)
        {
            _tokens += difference;
        }
    }
}
