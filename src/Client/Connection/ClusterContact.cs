namespace Reranker.Client.Connection;

/// <summary>
/// Whether there is anybody to send a request to. Orleans fails no call that is under way when the silo it went through is lost, but
/// it tells when no connection stands any more; and a question that several silos leave unanswered, while nobody else is heard of,
/// says the same of silos whose connections stand. Inside a silo's process neither happens. Thread-safe.
/// </summary>
internal sealed class ClusterContact(TimeProvider time) : IClusterConnectionStatusObserver
{
    // Who asks goes on asking. Who does not must not be kept from sending for long by what was found out once.
    private static readonly TimeSpan SilenceLasts = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private CancellationTokenSource _loss = new();
    private long? _heard;
    private long? _silent;
    private bool _isDisconnected;
    private bool _isUnheard;

    /// <summary>Cancelled when the last connection is lost: whatever was sent before will have no answer.</summary>
    public CancellationToken Loss
    {
        get
        {
            lock (_lock)
            {
                return _loss.Token;
            }
        }
    }

    /// <summary>Whether a request that is sent now has little to hope for: no connection stands, or nobody answers.</summary>
    public bool IsLost
    {
        get
        {
            lock (_lock)
            {
                return _isDisconnected || IsSilent;
            }
        }
    }

    /// <summary>Whether there is no sign that all are lost, or somebody was heard of since.</summary>
    public bool IsReachable
    {
        get
        {
            lock (_lock)
            {
                return !_isUnheard && !IsSilent;
            }
        }
    }

    private bool IsSilent => _silent is { } since && time.GetElapsedTime(since) < SilenceLasts;

    /// <inheritdoc/>
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        lock (_lock)
        {
            _isDisconnected &= currentNumberOfGateways <= 0;
        }
    }

    /// <inheritdoc/>
    public void NotifyClusterConnectionLost()
    {
        CancellationTokenSource ended;
        lock (_lock)
        {
            (_isDisconnected, _isUnheard) = (true, true);
            ended = _loss;
            _loss = new CancellationTokenSource();
        }

        // Not disposed: somebody may be about to register with it, and it holds nothing.
        ended.Cancel();
    }

    /// <summary>A silo has answered, whatever it was asked.</summary>
    public void Heard()
    {
        lock (_lock)
        {
            (_heard, _silent) = (time.GetTimestamp(), null);
            (_isDisconnected, _isUnheard) = (false, false);
        }
    }

    /// <summary>Several silos were asked, and none has answered for so long.</summary>
    public void Unheard(TimeSpan period)
    {
        lock (_lock)
        {
            if (_heard is not { } last || time.GetElapsedTime(last) >= period)
            {
                _silent = time.GetTimestamp();
            }
        }
    }
}
