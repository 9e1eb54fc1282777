using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends the next request in the same packet.</summary>
internal sealed class Pipelined : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random) => request.IsPipelined = true;
}
