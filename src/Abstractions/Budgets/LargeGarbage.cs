namespace Reranker.Budgets;

/// <summary>
/// Memory of large requests that is given back to a budget is memory until the garbage collector has run, and on a machine with plenty
/// of it the collector waits for hundreds of megabytes. This makes it run when so much was given back that the next requests
/// would come on top of it. Small requests do not count: their garbage is young and collected soon.
/// </summary>
/// <param name="capacity">Of the budget.</param>
/// <param name="collect">Runs the collector.</param>
internal sealed class LargeGarbage(long capacity, Action collect)
{
    private const long Least = 32 * 1024 * 1024;
    private const long PartOfCapacity = 16;

    private readonly long _quantum = Math.Max(Least, capacity / PartOfCapacity);
    private long _bytes;

    /// <summary>
    /// Runs it, here and now: everybody waits for it in any case, and later it would be too late. Large objects are few, so it takes
    /// some milliseconds.
    /// </summary>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);

    /// <summary>So much was given back.</summary>
    public void Add(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) >= _quantum && Interlocked.Exchange(ref _bytes, 0) >= _quantum)
        {
            collect();
        }
    }
}
