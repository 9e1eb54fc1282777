using System.Diagnostics;

namespace Reranker.Inference.Scoring;

/// <summary>Pairs of one request that are scored together or not at all.</summary>
public sealed record WorkItem
{
    /// <summary>Identity of the model.</summary>
    public required string ModelIdentity { get; init; }

    /// <summary>Token ids of all pairs, special tokens included, one pair after another.</summary>
    public required int[] Ids { get; init; }

    /// <summary>Where each pair starts in <see cref="Ids"/>, and one more entry for the end of the last.</summary>
    public required int[] Offsets { get; init; }

    /// <summary>Time left until the request's deadline.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>The tenant that the work is charged to.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Names the request: work items of one request share its turn in the queue and end together when one expires.</summary>
    public required Guid RequestId { get; init; }

    /// <summary>
    /// Tokens of the whole request, of which these pairs may be a part. They tell a large request from a small one. 0 when only
    /// these pairs are known of it.
    /// </summary>
    public long RequestTokens { get; init; }

    /// <summary>How much of a worker the work gets beside that of others.</summary>
    public PriorityClass Priority { get; init; }

    /// <summary>The span that the batch's span links to.</summary>
    public ActivityContext Parent { get; init; }

    /// <summary>Number of pairs.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>Tokens of the longest pair; 0 when there is none.</summary>
    internal int FindLongestPair()
    {
        var longest = 0;
        for (var i = 0; i < Count; i++)
        {
            longest = Math.Max(longest, Offsets[i + 1] - Offsets[i]);
        }

        return longest;
    }
}
