namespace Reranker.FrozenWire;

[GenerateSerializer, Alias("reranker.truncation-strategy")]
internal enum TruncationStrategy
{
    OnlySecond = 0,

    LongestFirst = 1,
}
