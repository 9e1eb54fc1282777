namespace Reranker.Budgets;

/// <summary>
/// Memory of large requests that is given back to a budget is memory until the garbage collector has run, and on a machine with plenty
/// of it the collector waits for hundreds of megabytes. This makes it run when that memory and what is held would be more than half of
/// the budget together: by then the heap has holes beside. Small requests do not count: their garbage is young and collected soon.
/// </summary>
/// <param name="capacity">Of the budget.</param>
/// <param name="collections">How often the collector has run.</param>
/// <param name="collect">Runs the collector.</param>
internal sealed class LargeGarbage(long capacity, Func<int> collections, Action collect)
{
    // Less is not worth a run.
    private const long Least = 32 * 1024 * 1024;

    private readonly Lock _lock = new();
    private long _bytes;
    private int _seen;

    /// <summary>The collector of this process. It runs at once, on the caller: all wait for it in any case, and later is too late.</summary>
    public static LargeGarbage CreateForProcess(long capacity) => new(capacity, static () => GC.CollectionCount(GC.MaxGeneration), CollectGarbage);

    /// <summary>So much was given back, and so much is held still.</summary>
    public void AddReturned(long bytes, long held)
    {
        lock (_lock)
        {
            // It may have run by itself.
            var now = collections();
            _bytes = now == _seen ? _bytes + bytes : bytes;
            _seen = now;
            if (_bytes < Least || held + _bytes <= capacity / 2)
            {
                return;
            }

            _bytes = 0;
        }

        collect();
    }

#pragma warning disable RS0030 // The one place where the runtime's own judgement is not good enough: docs/decisions says why.
    private static void CollectGarbage() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
#pragma warning restore RS0030
}
