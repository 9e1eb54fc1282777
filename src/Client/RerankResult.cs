using Reranker.Requests;

namespace Reranker.Client;

/// <summary>The scores of one request. All of them are of one model identity.</summary>
public sealed record RerankResult
{
    /// <summary>One score a passage, in the order of the request.</summary>
    public required IReadOnlyList<PassageScore> Passages { get; init; }

    /// <summary>What the request cost and what was cut.</summary>
    public required RerankUsage Usage { get; init; }

    /// <summary>Name of the model that scored.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of that model's graph, precision included.</summary>
    public required string ModelIdentity { get; init; }

    /// <summary>Where the time went.</summary>
    public required RerankTimings Timings { get; init; }

    /// <summary>
    /// Time that the slowest worker had its part of the request, from its queue to the end of its last batch. The rest of a
    /// request's time is tokenization and messages. Zero when no worker was needed, or when the silo's release does not report it.
    /// </summary>
    public TimeSpan WorkerTime { get; init; }

    /// <summary>
    /// The best passages first. Equal logits keep the order of the request, so that the ranking of two equal requests is equal.
    /// </summary>
    /// <param name="top">Most entries to return; null returns all.</param>
    public PassageScore[] Rank(int? top = null)
    {
        if (top is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(top));
        }

        PassageScore[] ranked = [.. Passages];
        Array.Sort(ranked, static (a, b) => a.Logit != b.Logit ? b.Logit.CompareTo(a.Logit) : a.Index.CompareTo(b.Index));
        return top < ranked.Length ? ranked[..top.Value] : ranked;
    }
}
