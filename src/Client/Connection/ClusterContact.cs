namespace Reranker.Client.Connection;

/// <summary>
/// Knows whether any silo can be reached. When the silo that a call went through is lost, Orleans does not end the call, but it tells
/// when the last connection is lost. Silos whose connections stand count as lost too when several of them leave a question unanswered
/// and no other silo is heard of. A new connection proves nothing, since a silo accepts them long before it serves. Inside a silo's
/// process none of this happens. Thread-safe.
/// </summary>
internal sealed class ClusterContact(TimeProvider time) : IClusterConnectionStatusObserver, IDisposable
{
    /// <summary>When a caller may try again after no silo answered: a cluster does not come back sooner.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private CancellationTokenSource _loss = new();
    private long? _lastAnswer;
    private volatile bool _isLost;
    private bool _isDisposed;

    /// <summary>Cancelled when the last connection is lost: calls that were sent before will have no answer.</summary>
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

    /// <summary>False from a sign that all silos are lost until a silo answers again.</summary>
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

        // Not disposed: a request may be about to register with it, and it holds no resources.
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

    /// <summary>Takes in that a silo has answered, whatever it was asked.</summary>
    public void NoteAnswer()
    {
        lock (_lock)
        {
            (_lastAnswer, _isLost) = (time.GetTimestamp(), false);
        }
    }

    /// <summary>Takes in that several silos were asked, and that none has answered for so long.</summary>
    public void MarkLostAfterSilence(TimeSpan period)
    {
        lock (_lock)
        {
            _isLost |= _lastAnswer is not { } last || time.GetElapsedTime(last) >= period;
        }
    }
}
