namespace Reranker.Budgets;

/// <summary>
/// A limited resource, memory or places, that requests of several tenants share. What a request holds cannot be taken back, so no
/// tenant may take all of it: a tenant may hold at most three times what is left free. One tenant alone gets three quarters, two
/// that flood get three sevenths each, and a newcomer always finds some. Callers without a tenant are not told apart and may
/// have all of it.
/// </summary>
/// <remarks>The rule is that of shared-memory switches: Choudhury and Hahne, "Dynamic queue length thresholds", 1998.</remarks>
/// <param name="capacity">Units that there are.</param>
/// <param name="garbage">Hears of what large requests give back, where units are bytes.</param>
internal sealed class TenantBudget(long capacity, CollectionTrigger? garbage = null)
{
    /// <summary>A request that holds no more than this is small: it may use the last sixteenth of the capacity, which large ones leave free.</summary>
    public const long Small = 1024 * 1024;

    private const long TimesFree = 3;
    private const long PartForSmall = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _tenants = new(StringComparer.Ordinal);
    private long _held;

    /// <summary>Units that there are.</summary>
    public long Capacity => capacity;

    /// <summary>Units that are held. More than the capacity when what was held turned out to be more than was asked for.</summary>
    public long Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Starts to count for one request, with nothing.</summary>
    public BudgetLease OpenLease(string tenant) => new(this, tenant);

    /// <summary>Whether a request that holds nothing could have so much now.</summary>
    public bool HasRoom(long amount)
    {
        lock (_lock)
        {
            return _held == 0 || _held + amount <= capacity;
        }
    }

    /// <summary>Adds to what a request holds, if there is room for it.</summary>
    /// <param name="tenant">Of the request.</param>
    /// <param name="requestHolds">What the request holds already.</param>
    /// <param name="amount">What it wants in addition.</param>
    internal bool TryTake(string tenant, long requestHolds, long amount)
    {
        lock (_lock)
        {
            // A request that is larger than everything may still have it alone.
            var isAlone = _held == requestHolds;
            if (!isAlone && !MayTake(tenant, requestHolds, amount))
            {
                return false;
            }

            AddHeld(tenant, amount);
            return true;
        }
    }

    /// <summary>Counts what a request does hold, whether there is room or not.</summary>
    /// <param name="tenant">Of the request.</param>
    /// <param name="difference">What it holds in addition; negative gives back.</param>
    /// <param name="isGarbage">Whether what it gives back is much, or one of many that are refused at once.</param>
    internal void ChangeHeldWithoutLimit(string tenant, long difference, bool isGarbage)
    {
        long held;
        lock (_lock)
        {
            AddHeld(tenant, difference);
            held = _held;
        }

        if (difference < 0 && isGarbage)
        {
            garbage?.CollectAfterReturn(-difference, held);
        }
    }

    private bool MayTake(string tenant, long requestHolds, long amount)
    {
        var free = capacity - _held - amount;
        if (free < 0 || (requestHolds + amount > Small && free < capacity / PartForSmall))
        {
            return false;
        }

        var tenantHolds = _tenants.GetValueOrDefault(tenant);
        return tenant.Length == 0 || tenantHolds == requestHolds || FindRequiredFree(tenantHolds + amount) <= free;
    }

    // Rounded up. Divided and not multiplied: a budget may be as large as a number can be.
    private static long FindRequiredFree(long held) => (held / TimesFree) + (held % TimesFree > 0 ? 1 : 0);

    private void AddHeld(string tenant, long amount)
    {
        _held += amount;
        var holds = _tenants.GetValueOrDefault(tenant) + amount;
        if (holds == 0)
        {
            _tenants.Remove(tenant);
        }
        else
        {
            _tenants[tenant] = holds;
        }
    }
}
