using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Cuts the body off.</summary>
internal sealed class Truncate : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random) =>
        request.Body = request.Body[..random.Next(request.Body.Length + 1)];
}
