using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Asks for odd chunks in the headers.</summary>
internal sealed class OddChunkHeaders : IRequestMutator
{
    private static readonly string[] Values = ["0", "1", "2", "999", "1000", "1001", "-1", "2147483647", "2147483648", "1.0", "abc", "", "5,5", "+2", "0002"];

    public void Mutate(FuzzRequest request, Random random)
    {
        if (random.Next(3) > 0)
        {
            request.Headers.Add(new Field("X-Reranker-Max-Chunks", random.Pick(Values)));
        }

        if (random.Next(3) > 0)
        {
            request.Headers.Add(new Field("X-Reranker-Chunk-Overlap", random.Pick(Values)));
        }
    }
}
