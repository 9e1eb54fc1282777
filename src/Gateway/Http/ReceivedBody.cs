using Reranker.Gateway.Admission;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Http;

/// <summary>A body and its share of the memory of all bodies.</summary>
internal sealed class ReceivedBody(ByteBudget budget, int capacity) : IDisposable
{
    private long _taken;

    public PooledBuffer Buffer { get; } = new(capacity);

    public bool TryGrow(long bytes)
    {
        if (!budget.TryTake(bytes))
        {
            return false;
        }

        _taken += bytes;
        return true;
    }

    public void Dispose()
    {
        Buffer.Dispose();
        budget.Return(_taken);
        _taken = 0;
    }
}
