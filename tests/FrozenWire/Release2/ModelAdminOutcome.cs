namespace Reranker.FrozenWire;

[GenerateSerializer, Alias("reranker.model-admin-outcome")]
internal enum ModelAdminOutcome
{
    Done = 0,
    Invalid = 1,
    NotFound = 2,
    Refused = 3,
}
