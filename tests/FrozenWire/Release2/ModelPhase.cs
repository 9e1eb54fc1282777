namespace Reranker.FrozenWire;

[GenerateSerializer, Alias("reranker.model-phase")]
internal enum ModelPhase
{
    Loading = 0,
    Ready = 1,
    Retiring = 2,
    Failed = 3,
}
