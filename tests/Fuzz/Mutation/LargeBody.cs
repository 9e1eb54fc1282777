using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Pads the body with white space, a long name or a long text nobody reads.</summary>
internal sealed class LargeBody : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random)
    {
        if (random.Next(60) == 0 && request.Body.Length > 0)
        {
            var pad = new string(random.Next(2) == 0 ? (char)32 : (char)10, random.Next(1000, 300_000));
            request.Body = [.. request.Body[..1], .. System.Text.Encoding.UTF8.GetBytes(pad), .. request.Body[1..]];
        }
    }
}
