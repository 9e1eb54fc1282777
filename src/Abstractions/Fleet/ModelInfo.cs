namespace Reranker.Fleet;

/// <summary>One model of the fleet.</summary>
[GenerateSerializer, Immutable, OmitDefaultMemberValues, Alias("reranker.model-info")]
public sealed record ModelInfo
{
    /// <summary>The name requests use.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Hash of the graph, precision included, in lower-case hexadecimal.</summary>
    [Id(1)] public required string Identity { get; init; }

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    [Id(2)] public required string Precision { get; init; }

    /// <summary>Most tokens of a pair, special tokens included.</summary>
    [Id(3)] public required int MaxPairTokens { get; init; }

    /// <summary>Ready workers that serve it.</summary>
    [Id(4)] public int ReadyWorkers { get; init; }

    /// <summary>Size of the vocabulary.</summary>
    [Id(5)] public int VocabularySize { get; init; }

    /// <summary>How its static activation scales were found, on what, and what its ranking lost by it; null where it has none.</summary>
    [Id(6)] public string? Calibration { get; init; }
}
