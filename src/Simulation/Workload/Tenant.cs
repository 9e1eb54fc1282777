namespace Reranker.Simulation.Workload;

/// <summary>Who sends requests of one kind.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What kind of requests.</param>
/// <param name="MinPassages">Fewest passages of a request.</param>
/// <param name="MaxPassages">Most passages of a request.</param>
/// <param name="Deadline">Time a request has.</param>
internal sealed record Tenant(string Name, RequestKind Kind, int MinPassages, int MaxPassages, TimeSpan Deadline)
{
    /// <summary>
    /// Ten tenants who ask for equally many tokens: six searches, one with small requests, one that claims a short
    /// deadline, and two with jobs of a thousand passages.
    /// </summary>
    public static IReadOnlyList<Tenant> Ten { get; } =
    [
        .. Enumerable.Range(1, 6).Select(i => new Tenant($"search-{i}", RequestKind.Search, 20, 100, TimeSpan.FromSeconds(1))),
        new("small", RequestKind.Small, 8, 8, TimeSpan.FromSeconds(1)),
        new("hasty", RequestKind.Hasty, 20, 100, TimeSpan.FromMilliseconds(300)),
        new("bulk-1", RequestKind.Bulk, 1_000, 1_000, TimeSpan.FromSeconds(10)),
        new("bulk-2", RequestKind.Bulk, 1_000, 1_000, TimeSpan.FromSeconds(10)),
    ];

    /// <summary>One tenant, whose requests all have half a second: nothing but the order within a tenant and admission.</summary>
    public static IReadOnlyList<Tenant> One { get; } = [new("search", RequestKind.Search, 20, 60, TimeSpan.FromMilliseconds(500))];

    /// <summary>One tenant who sends jobs of a thousand passages, three quarters of its tokens, and beside them small requests.</summary>
    public static IReadOnlyList<Tenant> Jobs { get; } =
    [
        .. Enumerable.Repeat(new Tenant("both", RequestKind.Bulk, 1_000, 1_000, TimeSpan.FromSeconds(10)), 3),
        new("both", RequestKind.Small, 8, 8, TimeSpan.FromSeconds(1)),
    ];

    /// <summary>One tenant whose requests are all alike and may take as long as they do: nothing but waiting.</summary>
    public static IReadOnlyList<Tenant> Alike(int passages) => [new("search", RequestKind.Search, passages, passages, TimeSpan.FromSeconds(60))];

    /// <summary>Passages of a request on average.</summary>
    public double MeanPassages => (MinPassages + MaxPassages) / 2.0;
}
