using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Puts one or two byte order marks, or half of one, before the body.</summary>
internal sealed class ByteOrderMark : IRequestMutator
{
    private static readonly byte[][] Marks = [[0xEF, 0xBB, 0xBF], [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF], [0xEF, 0xBB], [0xFF, 0xFE], [0xFE, 0xFF]];

    public void Mutate(FuzzRequest request, Random random) => request.Body = [.. random.Pick(Marks), .. request.Body];
}
