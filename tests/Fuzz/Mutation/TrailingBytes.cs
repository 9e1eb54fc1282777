using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Puts something behind the body.</summary>
internal sealed class TrailingBytes : IRequestMutator
{
    private static readonly byte[][] Ends = [[0], " "u8.ToArray(), "}"u8.ToArray(), "{}"u8.ToArray(), "\n\n"u8.ToArray(), "//"u8.ToArray(), ","u8.ToArray(), [0xFF], [0xEF, 0xBB, 0xBF]];

    public void Mutate(FuzzRequest request, Random random) => request.Body = [.. request.Body, .. random.Pick(Ends)];
}
