using System.Collections.Concurrent;
using Reranker.Gateway.Telemetry;

namespace Reranker.Gateway.Tenants;

/// <summary>What this gateway has done for each tenant: since it started, and minute by minute for an hour. Thread-safe.</summary>
internal sealed class UsageBook(TimeProvider time)
{
    /// <summary>Minutes that are told apart.</summary>
    public const int MaxMinutes = 60;

    // Tenants are named by operators.
    private readonly ConcurrentDictionary<string, Page> _pages = new(StringComparer.Ordinal);

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Started { get; } = time.GetUtcNow();

    private long Minute => time.GetUtcNow().ToUnixTimeSeconds() / 60;

    /// <summary>Books a request that was scored.</summary>
    public void AddScored(string tenant, int pairs, long tokens) => Add(tenant, new TenantUsage(1, 0, 0, pairs, tokens), "Ok");

    /// <summary>Books a request that the tenant's own limits refused.</summary>
    public void AddRefused(string tenant) => Add(tenant, new TenantUsage(0, 1, 0, 0, 0), "Quota");

    /// <summary>Books a request that ended without scores for another reason.</summary>
    public void AddFailed(string tenant) => Add(tenant, new TenantUsage(0, 0, 1, 0, 0), "Failed");

    /// <summary>What was done for each tenant since the start, and in the last minutes, of which the current one has just begun.</summary>
    public IReadOnlyList<(string Tenant, TenantUsage Total, TenantUsage Recent)> Read(int minutes) =>
        [.. _pages.OrderBy(static page => page.Key, StringComparer.Ordinal).Select(page => (page.Key, page.Value.Total, page.Value.SumMinutes(Minute, minutes)))];

    private void Add(string tenant, TenantUsage usage, string result)
    {
        _pages.GetOrAdd(tenant, static _ => new Page()).Add(usage, Minute);
        if (tenant.Length == 0)
        {
            return;
        }

        var tag = new KeyValuePair<string, object?>("tenant", tenant);
        GatewayTelemetry.TenantRequests.Add(1, tag, new("result", result));
        if (usage.Pairs > 0)
        {
            GatewayTelemetry.TenantPairs.Add(usage.Pairs, tag);
            GatewayTelemetry.TenantTokens.Add(usage.Tokens, tag);
        }
    }

    private sealed class Page
    {
        private readonly Lock _lock = new();
        private readonly (long Minute, TenantUsage Usage)[] _minutes = new (long, TenantUsage)[MaxMinutes];
        private TenantUsage _total;

        public TenantUsage Total
        {
            get
            {
                lock (_lock)
                {
                    return _total;
                }
            }
        }

        public void Add(TenantUsage usage, long minute)
        {
            lock (_lock)
            {
                _total += usage;
                ref var entry = ref _minutes[minute % MaxMinutes];
                entry = entry.Minute == minute ? (minute, entry.Usage + usage) : (minute, usage);
            }
        }

        public TenantUsage SumMinutes(long now, int minutes)
        {
            lock (_lock)
            {
                var sum = default(TenantUsage);
                foreach (var (minute, usage) in _minutes)
                {
                    sum += minute > now - minutes && minute <= now ? usage : default;
                }

                return sum;
            }
        }
    }
}
