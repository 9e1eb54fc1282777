using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Accepts something that the gateway does not send: it sends JSON all the same.</summary>
internal sealed class OddAccept : IRequestMutator
{
    private static readonly string[] Values = ["", "text/html", "application/xml;q=0.1", "*/*;q=0", "application/json; version=9", "text/event-stream", ";", "a"];

    public void Mutate(FuzzRequest request, Random random)
    {
        request.Headers.Add(new Field("Accept", random.Pick(Values)));
        request.Headers.Add(new Field("Accept-Encoding", random.Next(2) == 0 ? "gzip, br" : "identity;q=0, *;q=0"));
        request.Headers.Add(new Field("Accept-Charset", "utf-16"));
    }
}
