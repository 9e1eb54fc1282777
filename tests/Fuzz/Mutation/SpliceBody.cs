using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Removes, repeats or moves a piece of the body.</summary>
internal sealed class SpliceBody : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random)
    {
        var body = request.Body;
        var from = random.Next(body.Length + 1);
        var to = Math.Min(body.Length, from + random.Next(1, 40));
        var at = random.Next(body.Length + 1);
        request.Body = random.Next(2) == 0 ? [.. body[..from], .. body[to..]] : [.. body[..at], .. body[from..to], .. body[at..]];
    }
}
