using Microsoft.Extensions.Options;

namespace Reranker.Gateway.Admission;

/// <summary>Bounds the memory of all bodies together: many large ones at once are refused instead of ending the process.</summary>
internal sealed class ByteBudget(IOptions<GatewayOptions> options)
{
    private long _available = options.Value.MaxBodyBytesInFlight;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _available, -bytes) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _available, bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _available, bytes);
}
