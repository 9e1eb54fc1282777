namespace Reranker.Workers;

/// <summary>
/// A sub-batch: one query and some passages as token ids. The worker joins them to
/// <c>&lt;s&gt; query &lt;/s&gt;&lt;/s&gt; passage &lt;/s&gt;</c>, or as <see cref="Template"/> says. Ids travel as bytes because Orleans serializes a byte
/// array a hundred times faster than an int array.
/// </summary>
[GenerateSerializer, Immutable, OmitDefaultMemberValues, Alias("reranker.score-request")]
public sealed record ScoreRequest
{
    /// <summary>Identity of the model the whole request is pinned to.</summary>
    [Id(0)] public required string ModelIdentity { get; init; }

    /// <summary>The query's token ids without special tokens, little-endian, <see cref="BytesPerId"/> bytes each.</summary>
    [Id(1)] public required byte[] QueryIds { get; init; }

    /// <summary>The passages' token ids without special tokens, one after another.</summary>
    [Id(2)] public required byte[] PassageIds { get; init; }

    /// <summary>Tokens of each passage.</summary>
    [Id(3)] public required int[] PassageLengths { get; init; }

    /// <summary>2 when the vocabulary fits 16 bits, else 4.</summary>
    [Id(4)] public required byte BytesPerId { get; init; }

    /// <summary>Tokens of the query that each pair keeps, where longest-first truncation cut it; null when every pair has the whole query.</summary>
    [Id(5)] public int[]? QueryLengths { get; init; }

    /// <summary>Where <see cref="QueryLengths"/> cuts: true keeps the query's end (left truncation), false its beginning.</summary>
    [Id(6)] public bool KeepQueryEnd { get; init; }

    /// <summary>Time left for the request in milliseconds, measured when the message was sent.</summary>
    [Id(7)] public required int RemainingMilliseconds { get; init; }

    /// <summary>The tenant that the work is charged to.</summary>
    [Id(8)] public string Tenant { get; init; } = "";

    /// <summary>Names the request, so that a worker shares its time between requests and cancels them whole.</summary>
    [Id(9)] public required Guid RequestId { get; init; }

    /// <summary>0 for the first attempt, counting up with every repetition or hedge of the same sub-batch.</summary>
    [Id(10)] public int Attempt { get; init; }

    /// <summary>
    /// Tokens of the whole request's pairs, of which this sub-batch is a part: a worker tells a part of a large request from a
    /// small request by it. 0 from a caller that does not say it.
    /// </summary>
    [Id(11)] public long RequestTokens { get; init; }

    /// <summary>How urgent the request is.</summary>
    [Id(12)] public WorkPriority Priority { get; init; }

    /// <summary>
    /// Ids of a pair's special tokens: the one before the query, those between query and passage, the one behind the passage; null
    /// for XLM-RoBERTa's.
    /// </summary>
    [Id(13)] public int[]? Template { get; init; }

    /// <summary>Number of pairs.</summary>
    public int Count => PassageLengths.Length;
}
