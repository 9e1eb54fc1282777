using Reranker.Requests;

namespace Reranker.Client.Shards;

/// <summary>
/// Knows which shards to leave alone. Orleans says nothing for up to half a minute when a silo hangs, so the client remembers
/// which silo answered for a shard, and avoids all shards of a silo that lost an answer or keeps one waiting. When the time
/// of avoidance is over, one request tries the silo, and the others wait for what it finds. Thread-safe.
/// </summary>
internal sealed class ShardHealth(TimeProvider time, RerankerClientOptions options)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly string?[] _silos = new string?[RerankShards.Count];
    private readonly Dictionary<string, long> _avoidedSince = [];

    /// <summary>Takes in that a shard has answered: its silo is well.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="silo">Who answered; null from a silo that does not say.</param>
    public void NoteAnswer(int shard, string? silo)
    {
        lock (_lock)
        {
            if (_silos[shard] is null)
            {
                _avoidedSince.Remove(FindKey(shard));
            }

            // An answer of another silo than before says nothing of the one before.
            _silos[shard] = silo;
            _avoidedSince.Remove(FindKey(shard));
        }
    }

    /// <summary>Who answered for a shard last; null when nobody did.</summary>
    public string? FindSilo(int shard)
    {
        lock (_lock)
        {
            return _silos[shard];
        }
    }

    /// <summary>Keeps requests from the silo of a shard, because an answer of it was lost or is overdue.</summary>
    public void AvoidShard(int shard)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var (key, since) in _avoidedSince)
            {
                // Silos that are gone for good never answer.
                if (time.GetElapsedTime(since, now) > Memory)
                {
                    _avoidedSince.Remove(key);
                }
            }

            _avoidedSince[FindKey(shard)] = now;
        }
    }

    /// <summary>Whether a request should go to this shard, the others having been tried for it.</summary>
    public bool IsWorthTrying(int shard, IReadOnlyList<int> tried)
    {
        lock (_lock)
        {
            if (_silos[shard] is { } silo)
            {
                foreach (var other in tried)
                {
                    if (_silos[other] == silo)
                    {
                        return false;
                    }
                }
            }

            if (!_avoidedSince.TryGetValue(FindKey(shard), out var since))
            {
                return true;
            }

            var now = time.GetTimestamp();
            if (time.GetElapsedTime(since, now) < options.AvoidTime)
            {
                return false;
            }

            // This request tries the silo; the others go on avoiding it.
            _avoidedSince[FindKey(shard)] = now;
            return true;
        }
    }

    private string FindKey(int shard) => _silos[shard] ?? $"#{shard}";
}
