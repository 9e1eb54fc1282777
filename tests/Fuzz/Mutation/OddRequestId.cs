using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends ids that are safe in no log, and some that are.</summary>
internal sealed class OddRequestId : IRequestMutator
{
    private static readonly string[] Values = ["", "ok-1:2.3_4", "a b", "a\tb", "<script>", "\"", "%0d%0aX: y", "../..", "é", "a,b", "${jndi:x}"];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.Set("X-Request-Id", random.Next(4) == 0 ? new string((char)97, random.Next(120, 140)) : random.Pick(Values));
        if (random.Next(6) == 0)
        {
            request.Headers.Add(new Field("x-request-id", "second"));
        }
    }
}
