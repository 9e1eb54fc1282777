namespace Reranker.Gateway.Tenants;

/// <summary>
/// This gateway's part of one tenant's limits. Tokens are a bucket that is charged an estimate and settled by what the work really cost, so
/// it may go into debt; while it is in debt, requests are refused. Thread-safe.
/// </summary>
/// <remarks>System.Threading.RateLimiting's bucket can neither go into debt nor take tokens back, nor change its size.</remarks>
internal sealed class TokenQuota
{
    // What a request of the tenant takes where none has ended yet.
    private static readonly TimeSpan AssumedTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinRetryAfter = TimeSpan.FromMilliseconds(100);
    private const double NewestPart = 0.2;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private TenantLimits _limits;
    private double _share;
    private double _tokens;
    private long _updated;
    private double _asked;
    private int _inProgress;
    private double _meanSeconds = AssumedTime.TotalSeconds;

    public TokenQuota(TenantLimits limits, double share, TimeProvider time)
    {
        (_limits, _share, _time, _updated) = (limits, share, time, time.GetTimestamp());
        _tokens = Capacity;
    }

    /// <summary>
    /// The share that it uses, or that its requests in progress take: a share that became smaller is not free for others before they have
    /// ended.
    /// </summary>
    public double HeldShare
    {
        get
        {
            lock (_lock)
            {
                return Math.Min(1, _limits.MaxConcurrentRequests > 0 ? Math.Max(_share, (double)_inProgress / _limits.MaxConcurrentRequests) : _share);
            }
        }
    }

    private double Capacity => _limits.TokenBurst * _share;

    private double TokensPerMinute => _limits.TokensPerMinute * _share;

    // Each gateway lets one through: a tenant with fewer places than there are gateways would else be served nowhere.
    private int Places => Math.Max(1, (int)((_limits.MaxConcurrentRequests * _share) + 1e-9));

    /// <summary>Sets what the tenant may use, and this gateway's part of it. What the bucket holds above its new size is lost.</summary>
    public void SetLimits(TenantLimits limits, double share)
    {
        lock (_lock)
        {
            Refill();
            var isFirst = _limits.TokensPerMinute == 0;
            (_limits, _share) = (limits, share);
            _tokens = isFirst ? Capacity : Math.Min(_tokens, Capacity);
        }
    }

    /// <summary>Tokens that were asked for since the last call, refused ones included.</summary>
    public double TakeAskedTokens()
    {
        lock (_lock)
        {
            var asked = _asked;
            _asked = 0;
            return asked;
        }
    }

    /// <summary>Charges an estimate and takes a place, or says why not.</summary>
    /// <param name="tokens">What the request will cost.</param>
    /// <returns>Null when it is let in; it must then <see cref="Leave"/>.</returns>
    public QuotaRefusal? TryEnter(double tokens)
    {
        lock (_lock)
        {
            _asked += tokens;
            if (_limits.MaxConcurrentRequests > 0 && _inProgress >= Places)
            {
                // One of them ends after their mean time divided by their number, on average.
                var wait = TimeSpan.FromSeconds(_meanSeconds / _inProgress);
                return new QuotaRefusal("This key has as many requests in progress as it may have.", wait < MinRetryAfter ? MinRetryAfter : wait);
            }

            Refill();
            if (_limits.TokensPerMinute > 0 && _tokens <= 0)
            {
                return new QuotaRefusal("The token quota of this key is used up.", TimeSpan.FromMinutes((1 - _tokens) / TokensPerMinute));
            }

            _tokens -= tokens;
            _inProgress++;
            return null;
        }
    }

    /// <summary>Gives a place back, and what a charge had too much, or takes what it had too little (negative).</summary>
    public void Leave(double difference, TimeSpan elapsed)
    {
        lock (_lock)
        {
            _tokens += difference;
            _inProgress--;
            _meanSeconds += NewestPart * (elapsed.TotalSeconds - _meanSeconds);
        }
    }

    private void Refill()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(Capacity, _tokens + (_time.GetElapsedTime(_updated, now).TotalMinutes * TokensPerMinute));
        _updated = now;
    }
}
