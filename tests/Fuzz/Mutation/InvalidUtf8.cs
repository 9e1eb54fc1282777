using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Puts bytes into the body that are no UTF-8: overlong forms, surrogates, ends that are missing.</summary>
internal sealed class InvalidUtf8 : IRequestMutator
{
    private static readonly byte[][] Sequences =
    [
        [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF],
    ];

    public void Mutate(FuzzRequest request, Random random)
    {
        var at = random.Next(request.Body.Length + 1);
        request.Body = [.. request.Body[..at], .. random.Pick(Sequences), .. request.Body[at..]];
    }
}
