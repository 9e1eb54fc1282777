namespace Reranker.Client.Connection;

/// <summary>
/// Whether there is anybody to send a request to. Orleans fails no call that is under way when the silo it went through is lost, but
/// it tells when no connection stands any more; and a question that several silos leave unanswered, while nobody else is heard of,
/// says the same of silos whose connections stand. A new connection says nothing: a silo takes them long before it serves. Inside a
/// silo's process none of this happens. Thread-safe.
/// </summary>
internal sealed class ClusterContact(TimeProvider time) : IClusterConnectionStatusObserver, IDisposable
{
    /// <summary>When a caller whom nobody answered may try again: a cluster does not come back sooner.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private CancellationTokenSource _loss = new();
    private long? _lastAnswer;
    private volatile bool _isLost;
    private bool _isDisposed;

    /// <summary>Cancelled when the last connection is lost: whatever was sent before will have no answer.</summary>
    public CancellationToken Loss
    {
        get
        {
            lock (_lock)
            {
                return _isDisposed ? CancellationToken.None : _loss.Token;
            }
        }
    }

    /// <summary>Whether there is no sign that all silos are lost, or one was heard of since.</summary>
    public bool IsReachable => !_isLost;

    /// <inheritdoc/>
    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
    }

    /// <inheritdoc/>
    public void NotifyClusterConnectionLost()
    {
        CancellationTokenSource ended;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isLost = true;
            ended = _loss;
            _loss = new CancellationTokenSource();
        }

        // Not disposed: somebody may be about to register with it, and it holds nothing.
        ended.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _loss.Dispose();
        }
    }

    /// <summary>A silo has answered, whatever it was asked.</summary>
    public void NoteAnswer()
    {
        lock (_lock)
        {
            (_lastAnswer, _isLost) = (time.GetTimestamp(), false);
        }
    }

    /// <summary>Several silos were asked, and none has answered for so long.</summary>
    public void NoteSilence(TimeSpan period)
    {
        lock (_lock)
        {
            _isLost |= _lastAnswer is not { } last || time.GetElapsedTime(last) >= period;
        }
    }
}
