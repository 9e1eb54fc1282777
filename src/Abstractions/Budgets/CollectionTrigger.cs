namespace Reranker.Budgets;

/// <summary>
/// Runs the garbage collector when large requests have left much garbage. A budget counts memory as free once a request gives it back,
/// but the process has it until the collector runs, and with plenty of memory the collector waits for hundreds of megabytes. It is run
/// when this garbage and what is still held exceed half of the budget. Small requests do not count: their garbage is collected soon.
/// </summary>
/// <param name="capacity">Of the budget.</param>
/// <param name="collections">How often the collector has run.</param>
/// <param name="collect">Runs the collector.</param>
internal sealed class CollectionTrigger(long capacity, Func<int> collections, Action collect)
{
    // Less is not worth a run.
    private const long MinBytes = 32 * 1024 * 1024;

    private readonly Lock _lock = new();
    private long _bytes;
    private int _seen;

    /// <summary>Runs the collector of this process, at once and on the caller's thread: a later run would be too late for the next request.</summary>
    public static CollectionTrigger CreateWithProcessCollector(long capacity) => new(capacity, static () => GC.CollectionCount(GC.MaxGeneration), CollectGarbage);

    /// <summary>Takes in that a large request gave memory back, and how much the others still hold.</summary>
    public void CollectAfterReturn(long bytes, long held)
    {
        lock (_lock)
        {
            // It may have run by itself.
            var now = collections();
            _bytes = now == _seen ? _bytes + bytes : bytes;
            _seen = now;
            if (_bytes < MinBytes || held + _bytes <= capacity / 2)
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
