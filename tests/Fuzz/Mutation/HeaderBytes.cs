using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends headers of bytes that are no ASCII, of control characters, very long ones, and very many.</summary>
internal sealed class HeaderBytes : IRequestMutator
{
    private static readonly string[] Names = ["X-Any", "X-Request-Id", "Accept", "Cookie", "User-Agent", "Content-Type", "X-Reranker-Model", "Origin", "X-Forwarded-For", "Range", "If-Match"];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.HasOddHead = true;
        switch (random.Next(4))
        {
            case 0:
                var value = new byte[random.Next(1, 40)];
                random.NextBytes(value);
                request.Headers.Add(new Field(random.Pick(Names), value));
                break;
            case 1:
                request.Headers.Add(new Field(random.Pick(Names), new string((char)97, random.Next(1000, 60_000))));
                break;
            case 2:
                for (var left = random.Next(10, 200); left > 0; left--)
                {
                    request.Headers.Add(new Field("X-Many", "1"));
                }

                break;
            default:
                request.Headers.Add(new Field(random.Pick((string[])["X Y", "", "X:", "\u0001", "Content-Length ", "X(Y)", "Transfer-Encoding"]), "1"));
                break;
        }
    }
}
