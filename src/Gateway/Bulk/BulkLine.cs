using Reranker.Budgets;
using Reranker.Gateway.Errors;
using Reranker.Gateway.Json;

namespace Reranker.Gateway.Bulk;

/// <summary>One line of a bulk body, and the memory that it holds until it is disposed.</summary>
/// <param name="number">Its number in the body, from 1; empty lines count.</param>
/// <param name="body">Its bytes.</param>
/// <param name="memory">What is counted for it.</param>
/// <param name="error">Why it could not be read whole; null when it was.</param>
internal sealed class BulkLine(long number, PooledBuffer body, BudgetLease memory, GatewayError? error) : IDisposable
{
    public long Number => number;

    public PooledBuffer Body => body;

    public GatewayError? Error => error;

    public void Dispose()
    {
        body.Dispose();
        memory.Dispose();
    }
}
