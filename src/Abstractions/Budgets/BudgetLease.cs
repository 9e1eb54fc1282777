namespace Reranker.Budgets;

/// <summary>What one request holds of a budget, until it is disposed. Used by one thread at a time.</summary>
internal sealed class BudgetLease(TenantBudget budget, string tenant) : IDisposable
{
    private bool _isRefused;

    /// <summary>Units that it holds.</summary>
    public long Held { get; private set; }

    /// <summary>Holds more, if there is room.</summary>
    public bool TryGrow(long amount)
    {
        if (!budget.TryTake(tenant, Held, amount))
        {
            _isRefused = true;
            return false;
        }

        Held += amount;
        return true;
    }

    /// <summary>Changes what it holds to this amount. False, and nothing changed, when that is more than before and there is no room.</summary>
    public bool TryResize(long amount)
    {
        if (amount > Held)
        {
            return TryGrow(amount - Held);
        }

        SetHeldWithoutLimit(amount);
        return true;
    }

    /// <summary>Counts what the request holds in fact, whether there is room or not.</summary>
    public void SetHeldWithoutLimit(long amount)
    {
        budget.ChangeHeldWithoutLimit(tenant, amount - Held, isGarbage: _isRefused || Held > TenantBudget.Small);
        Held = amount;
    }

    public void Dispose() => SetHeldWithoutLimit(0);
}
