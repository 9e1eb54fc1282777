using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends another method.</summary>
internal sealed class OddMethod : IRequestMutator
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "HEAD", "HEAD", "TRACE", "PATCH", "CONNECT", "PROPFIND", "get", "Post", "X", "BREW", "PRI"];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.Method = random.Pick(Methods);
        request.HasOddHead |= request.Method is "CONNECT" or "PRI";
    }
}
