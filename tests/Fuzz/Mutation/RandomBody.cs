using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Replaces the body by any bytes, or by JSON that is no object.</summary>
internal sealed class RandomBody : IRequestMutator
{
    private static readonly string[] Bodies = ["", "null", "[]", "\"a\"", "1", "true", "[{\"query\":\"a\"}]", "{}", "{", " ", "\0", "{}{}", "{\"query\"}", "{\"\":0}", "query=a&texts=b"];

    public void Mutate(FuzzRequest request, Random random)
    {
        if (random.Next(2) == 0)
        {
            request.Body = System.Text.Encoding.UTF8.GetBytes(random.Pick(Bodies));
            return;
        }

        request.Body = new byte[random.Next(300)];
        random.NextBytes(request.Body);
    }
}
