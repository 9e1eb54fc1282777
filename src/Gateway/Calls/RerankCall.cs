using Reranker.Requests;
using Reranker.Workers;

namespace Reranker.Gateway.Calls;

/// <summary>A request after its dialect is forgotten.</summary>
internal record RerankCall
{
    /// <summary>The query, not empty; where there are several, the first of them.</summary>
    public required string Query { get; init; }

    /// <summary>The query of each passage, where a call pairs texts; null where <see cref="Query"/> is that of all.</summary>
    public string[]? Queries { get; init; }

    /// <summary>Whether pairs came as a list, where the reply of one by itself looks otherwise.</summary>
    public bool IsPairList { get; init; }

    /// <summary>The passages in the request's order.</summary>
    public required string[] Passages { get; init; }

    /// <summary>
    /// The JSON of those passages that came as objects, where the reply repeats them whole; an entry is null for a passage that is a
    /// string, the list is null where texts are repeated, if anything.
    /// </summary>
    public byte[]?[]? Objects { get; init; }

    /// <summary>The model as the request names it; null for none.</summary>
    public string? Model { get; init; }

    /// <summary>Most entries of the reply; null for all.</summary>
    public int? Top { get; init; }

    /// <summary>Whether the reply repeats the texts.</summary>
    public bool ReturnTexts { get; init; }

    /// <summary>Whether the reply says of each passage how much of it the model read.</summary>
    public bool ReturnTokens { get; init; }

    /// <summary>Whether the reply has logits instead of relevances.</summary>
    public bool RawScores { get; init; }

    /// <summary>What to do with pairs that are too long.</summary>
    public required TruncationOptions Truncation { get; init; }

    /// <summary>Most chunks of a passage, where the body says; null where it does not.</summary>
    public int? MaxChunks { get; init; }

    /// <summary>Tokens that chunks share, where the body says; null where it does not.</summary>
    public int? ChunkOverlap { get; init; }

    /// <summary>Whether chunks end where sentences do, where the body says; null where it does not.</summary>
    public bool? ChunkAtSentences { get; init; }

    /// <summary>The class of its work: as the body asks, and no higher than that of its key.</summary>
    public WorkPriority Priority { get; init; }

    /// <summary>What the request asked for and did not get.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Characters (UTF-16 code units) of all passages together.</summary>
    public long PassageCharacters => Passages.Sum(static passage => (long)passage.Length);

    /// <summary>Characters (UTF-16 code units) of all queries together.</summary>
    public long QueryCharacters => Queries?.Sum(static query => (long)query.Length) ?? Query.Length;

    /// <summary>Characters (UTF-16 code units) of all pairs together; every pair has its query.</summary>
    public long PairCharacters => PassageCharacters + (Queries is null ? (long)Query.Length * Passages.Length : QueryCharacters);

    /// <summary>Bytes of <see cref="Objects"/>.</summary>
    public long ObjectBytes => Objects?.Sum(static json => (long)(json?.Length ?? 0)) ?? 0;

    /// <summary>Queries for <see cref="Queries"/>: null where all of them are one.</summary>
    public static string[]? FindDifferent(string[] queries) => Array.TrueForAll(queries, query => query == queries[0]) ? null : queries;
}
