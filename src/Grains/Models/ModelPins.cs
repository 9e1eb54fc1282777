using System.Collections.Concurrent;

namespace Reranker.Grains.Models;

/// <summary>Counts the requests of this silo that are pinned to an identity: it must not be unloaded under them.</summary>
internal sealed class ModelPins
{
    private readonly ConcurrentDictionary<string, PinCount> _counters = new(StringComparer.Ordinal);

    /// <summary>Requests in progress that are pinned to an identity.</summary>
    public int CountPins(string identity) => _counters.TryGetValue(identity, out var counter) ? Volatile.Read(ref counter.Value) : 0;

    /// <summary>Pins a request; dispose the pin when it has ended.</summary>
    public Pin PinRequest(string identity)
    {
        var counter = _counters.GetOrAdd(identity, static _ => new PinCount());
        Interlocked.Increment(ref counter.Value);
        return new Pin(counter);
    }

    internal sealed class PinCount
    {
        public int Value;
    }

    /// <summary>One request's hold on its model.</summary>
    internal readonly struct Pin(PinCount counter) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref counter.Value);
    }
}
