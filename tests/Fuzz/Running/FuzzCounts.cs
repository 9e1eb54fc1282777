using System.Collections.Concurrent;

namespace Reranker.Fuzz.Running;

/// <summary>How many cases got which status, by what they were sent to.</summary>
internal sealed class FuzzCounts
{
    private readonly ConcurrentDictionary<(string Group, string Status), int> _counts = new();

    public void Add(string group, string status) => _counts.AddOrUpdate((group, status), 1, static (_, count) => count + 1);

    /// <summary>A line a group: its statuses and how many got each.</summary>
    public IEnumerable<string> Lines() => _counts
        .GroupBy(static count => count.Key.Group)
        .OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(static group => $"{group.Key,-12} {group.Sum(static c => c.Value),9:N0}  " + string.Join(
            "  ", group.OrderBy(static c => c.Key.Status, StringComparer.Ordinal).Select(static c => $"{c.Key.Status}: {c.Value:N0}")));
}
