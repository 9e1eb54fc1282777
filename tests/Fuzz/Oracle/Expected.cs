namespace Reranker.Fuzz.Oracle;

/// <summary>What a request may be answered.</summary>
internal sealed record Expected
{
    /// <summary>Statuses of errors that it may get; without a <see cref="Call"/> and a <see cref="Success"/> it must get one of them.</summary>
    public required HashSet<int> Errors { get; init; }

    public ReplyShape Shape { get; init; } = ReplyShape.Any;

    /// <summary>The right request that must be scored; null when it is none.</summary>
    public ReferenceCall? Call { get; init; }

    /// <summary>Version in the reply of Cohere's family.</summary>
    public string Version { get; init; } = "1";

    /// <summary>What each line of a batch may be answered, by its number; null where the request is none.</summary>
    public IReadOnlyDictionary<long, Expected>? Lines { get; init; }

    /// <summary>How many lines there are, empty ones too.</summary>
    public long LineCount { get; init; }

    /// <summary>Whether the lines break off somewhere: then some of them are answered, and the reply says so.</summary>
    public bool IsCut { get; init; }

    /// <summary>What a line's result is called; null for nothing.</summary>
    public string? Name { get; init; }

    /// <summary>Status of a success that is no score; null when there is none.</summary>
    public int? Success { get; init; }

    /// <summary>Whether errors may come without a body.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>Whether errors may have the shape of another route or dialect than the one it was made for.</summary>
    public bool MayBeOther { get; init; }

    /// <summary>The shape of errors.</summary>
    public ReplyShape ErrorShape => MayBeOther ? ReplyShape.Any : Shape;

    /// <summary>Whether the connection may end without a reply.</summary>
    public bool MayEnd { get; init; }

    /// <summary>Whether nothing but the absence of server errors is known.</summary>
    public bool IsOpen { get; init; }

    /// <summary>The deadline that the request may take.</summary>
    public TimeSpan Deadline { get; init; }
}
