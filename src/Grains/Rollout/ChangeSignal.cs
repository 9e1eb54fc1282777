using System.Threading.Channels;

namespace Reranker.Grains.Rollout;

/// <summary>
/// Says that something changed, and not how often. Whoever waits takes the signal away before it looks at what changed, so
/// a change during the look is a signal for the next one: none is lost, and many are one. One waiter at a time.
/// </summary>
internal sealed class ChangeSignal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    /// <summary>Lets the wait of now, or else the next one, return.</summary>
    public void Set() => _set.Writer.TryWrite(true);

    /// <summary>Waits for the signal and takes it away; false when <paramref name="stop"/> was cancelled first.</summary>
    public async Task<bool> TryWaitAsync(CancellationToken stop)
    {
        try
        {
            return await _set.Reader.ReadAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
