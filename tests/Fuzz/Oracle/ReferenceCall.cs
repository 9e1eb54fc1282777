namespace Reranker.Fuzz.Oracle;

/// <summary>A request that is right, as docs/http.md reads it.</summary>
internal sealed record ReferenceCall
{
    public required string Query { get; init; }

    /// <summary>The query of each passage, where a request pairs texts; null where one is that of all.</summary>
    public string[]? Queries { get; init; }

    /// <summary>The tensors to return, where the request is one of tensors.</summary>
    public string[] Outputs { get; init; } = [];

    /// <summary>Which of them are wanted as bytes behind the JSON.</summary>
    public bool[] BinaryOutputs { get; init; } = [];

    /// <summary>Whether pairs came as a list; null where the request is for no labels of pairs.</summary>
    public bool? IsPairList { get; init; }

    public required string[] Passages { get; init; }

    /// <summary>What came as passages, to be repeated whole; null where texts are repeated.</summary>
    public IReadOnlyList<JsonValue>? Documents { get; init; }

    /// <summary>The model it names, or null.</summary>
    public string? Model { get; init; }

    public int? Top { get; init; }

    public bool ReturnTexts { get; init; }

    public bool RawScores { get; init; }

    /// <summary>Whether a reply has to say that <c>instruction</c> has no effect.</summary>
    public bool HasInstruction { get; init; }

    public bool MayCut { get; init; } = true;

    public bool LongestFirst { get; init; }

    public bool KeepEnd { get; init; }

    public int? MaxPairTokens { get; init; }

    public int? MaxPassageTokens { get; init; }

    public int? MaxQueryTokens { get; init; }

    public int MaxChunks { get; init; } = 1;

    public int ChunkOverlap { get; init; } = 64;
}
