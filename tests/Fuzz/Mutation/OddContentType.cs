using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Says that the body is something else: the content type does not matter.</summary>
internal sealed class OddContentType : IRequestMutator
{
    private static readonly string[] Values =
    [
        "", "text/plain", "application/json; charset=utf-16", "application/json;charset=\"iso-8859-1\"", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
        "application/grpc", "*/*", "json", "application/json; charset=nonsense", ";;;", "application/json, text/plain", "a/b; c=\"", "application/cbor",
    ];

    public void Mutate(FuzzRequest request, Random random)
    {
        if (random.Next(4) == 0)
        {
            request.Headers.RemoveAll(static header => header.Is("Content-Type"));
            return;
        }

        request.Set("Content-Type", random.Pick(Values));
    }
}
