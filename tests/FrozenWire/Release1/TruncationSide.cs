namespace Reranker.FrozenWire;

[GenerateSerializer, Alias("reranker.truncation-side")]
internal enum TruncationSide
{
    Right = 0,

    Left = 1,
}
