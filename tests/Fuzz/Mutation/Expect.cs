using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Waits for leave to send the body, or for something unknown.</summary>
internal sealed class Expect : IRequestMutator
{
    private static readonly string[] Values = ["100-continue", "100-CONTINUE", "200-ok", "", "100-continue, 100-continue"];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.HasOddHead = true;
        request.Headers.Add(new Field("Expect", random.Pick(Values)));
        if (random.Next(3) == 0)
        {
            request.Headers.Add(new Field("Connection", random.Pick((string[])["close", "keep-alive, X", "Upgrade"])));
            request.Headers.Add(new Field("Upgrade", "h2c"));
        }
    }
}
