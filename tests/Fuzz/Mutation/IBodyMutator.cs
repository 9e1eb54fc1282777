using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Makes one kind of change to the tree of a body.</summary>
internal interface IBodyMutator
{
    void Mutate(ObjectNode body, Random random);
}
