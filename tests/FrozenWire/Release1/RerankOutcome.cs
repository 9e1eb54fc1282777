namespace Reranker.FrozenWire;

[GenerateSerializer, Alias("reranker.rerank-outcome")]
internal enum RerankOutcome
{
    Ok = 0,

    Invalid = 1,

    TooLong = 2,

    UnknownModel = 3,

    Busy = 4,

    Expired = 5,

    Unavailable = 6,

    Failed = 7,
}
