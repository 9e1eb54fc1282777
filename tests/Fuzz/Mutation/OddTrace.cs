using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends trace contexts that are none.</summary>
internal sealed class OddTrace : IRequestMutator
{
    private static readonly string[] Values =
    [
        "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "00-00000000000000000000000000000000-0000000000000000-00", "ff-x-y-z", "00-zz", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra", "-",
    ];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.Headers.Add(new Field("traceparent", random.Pick(Values)));
        request.Headers.Add(new Field("tracestate", random.Next(2) == 0 ? new string((char)97, random.Next(2000)) : "a=1,b=,=c,,"));
        request.Headers.Add(new Field("baggage", "a=%zz;=,é"));
    }
}
