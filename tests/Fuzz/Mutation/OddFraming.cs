using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Ends the body in another way.</summary>
internal sealed class OddFraming : IRequestMutator
{
    private static readonly Framing[] Kinds = [Framing.Chunked, Framing.Chunked, Framing.Chunked, Framing.LongLength, Framing.ShortLength, Framing.BrokenChunks, Framing.BrokenLength];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.Framing = random.Pick(Kinds);
        request.FramingSeed = random.Next();
    }
}
