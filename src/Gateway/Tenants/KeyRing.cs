using System.Collections.Frozen;
using System.Security.Cryptography;
using Reranker.Gateway.Configuration;

namespace Reranker.Gateway.Tenants;

/// <summary>The keys that count at one time, as their hashes, and the limits of their tenants. It does not change.</summary>
internal sealed class KeyRing
{
    private readonly (byte[] Hash, KeyOwner Owner)[] _keys;

    /// <param name="keys">Of all sources.</param>
    /// <param name="isRequired">Whether keys are needed even where there are none.</param>
    public KeyRing(IReadOnlyCollection<ApiKeyOptions> keys, bool isRequired)
    {
        _keys = [.. keys.Select(static key => (KeyHash.ReadHash(key.Key), new KeyOwner(key.Tenant, key.Priority)))];
        IsRequired = isRequired || keys.Count > 0;
        Tenants = keys.GroupBy(static key => key.Tenant, StringComparer.Ordinal).ToFrozenDictionary(
            static tenant => tenant.Key,
            static tenant => new TenantLimits(
                FindSmallest(tenant, static key => key.TokensPerMinute),
                FindSmallest(tenant, static key => key.TokenBurst > 0 ? key.TokenBurst : key.TokensPerMinute),
                (int)FindSmallest(tenant, static key => key.MaxConcurrentRequests)),
            StringComparer.Ordinal);
        HasLimits = Tenants.Values.Any(static limits => limits.IsAny);
    }

    /// <summary>Number of keys.</summary>
    public int Count => _keys.Length;

    /// <summary>Whether nobody may score without a key.</summary>
    public bool IsRequired { get; }

    /// <summary>Whether any tenant has a limit.</summary>
    public bool HasLimits { get; }

    /// <summary>The tenants and what they may use.</summary>
    public FrozenDictionary<string, TenantLimits> Tenants { get; }

    /// <summary>The owner of a key that a caller showed; null when there is none. All keys are compared, so that the time of an answer does not tell which one it was.</summary>
    public KeyOwner? FindOwner(ReadOnlySpan<byte> hash)
    {
        KeyOwner? found = null;
        foreach (var (known, owner) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
            {
                found = owner;
            }
        }

        return found;
    }

    private static long FindSmallest(IEnumerable<ApiKeyOptions> keys, Func<ApiKeyOptions, long> limit) =>
        keys.Select(limit).Where(static value => value > 0).DefaultIfEmpty(0).Min();
}
