using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Changes single bytes of the finished request, its head included.</summary>
internal sealed class FlipAnyBytes : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random)
    {
        var seed = random.Next();
        request.Flip = bytes =>
        {
            var flips = new Random(seed);
            for (var left = flips.Next(1, 5); left > 0; left--)
            {
                // The method stays: a DELETE that nobody meant could end the run.
                bytes[flips.Next(Math.Min(8, bytes.Length - 1), bytes.Length)] = (byte)flips.Next(256);
            }
        };
    }
}
