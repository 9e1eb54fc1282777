using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Makes one kind of change to a request whose body is bytes.</summary>
internal interface IRequestMutator
{
    void Mutate(FuzzRequest request, Random random);
}
