using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Asks for an odd deadline.</summary>
internal sealed class OddTimeout : IRequestMutator
{
    private static readonly string[] Values =
    [
        "0", "1", "2", "5", "20", "-1", "0.5", "1.5", ".5", "1e3", "60000", "600000", "600001", "1e400", "NaN", "Infinity", "2147483648", "9223372036854775808", "+5", "5 5", "5,5",
        "abc", "", "0x10", "1_000", "١", "1000000000000000000000000000000000000000000000000000000000", "000001000", "10000.", "30000;q=1",
    ];

    public void Mutate(FuzzRequest request, Random random)
    {
        var value = random.Pick(Values);
        request.Headers.Add(new Field("X-Request-Timeout-Ms", value));
        if (random.Next(10) == 0)
        {
            request.Headers.Add(new Field("x-request-timeout-ms", value));
        }
    }
}
