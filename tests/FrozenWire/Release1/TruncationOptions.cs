namespace Reranker.FrozenWire;

[GenerateSerializer, Immutable, Alias("reranker.truncation")]
internal sealed record TruncationOptions
{
    [Id(0)] public bool Allowed { get; init; } = true;

    [Id(1)] public TruncationStrategy Strategy { get; init; } = TruncationStrategy.OnlySecond;

    [Id(2)] public TruncationSide Side { get; init; } = TruncationSide.Right;

    [Id(3)] public int? MaxPairTokens { get; init; }

    [Id(4)] public int? MaxPassageTokens { get; init; }

    [Id(5)] public int? MaxQueryTokens { get; init; }
}
