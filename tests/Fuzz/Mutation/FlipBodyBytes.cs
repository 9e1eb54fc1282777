using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Changes single bytes of the body.</summary>
internal sealed class FlipBodyBytes : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random)
    {
        var body = (byte[])request.Body.Clone();
        for (var left = body.Length == 0 ? 0 : random.Next(1, 4); left > 0; left--)
        {
            var at = random.Next(body.Length);
            body[at] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(body[at] ^ (1 << random.Next(8)));
        }

        request.Body = body;
    }
}
