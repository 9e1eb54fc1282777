using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Spells the key otherwise, sends another one, several, or none.</summary>
internal sealed class OddAuthorization : IRequestMutator
{
    private static readonly string[] Wrong = ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer wrong", "Bearer Bearer x", "\0", "Bearer é", "Digest username=\"a\"", ","];

    public void Mutate(FuzzRequest request, Random random)
    {
        var index = request.Headers.FindIndex(static header => header.Is("Authorization"));
        var header = index < 0 ? "none" : request.Headers[index].Text ?? "";
        var key = header[(header.LastIndexOf(' ') + 1)..];
        switch (random.Next(6))
        {
            case 0:
                request.Headers.RemoveAll(static header => header.Is("Authorization"));
                break;
            case 1:
                request.Set("Authorization", key);
                break;
            case 2:
                request.Set("Authorization", random.Pick((string[])["bearer ", "BEARER  ", "Bearer \t"]) + key);
                break;
            case 3:
                request.Set("Authorization", $"Bearer {key}x");
                break;
            case 4:
                request.Headers.Add(new Field("authorization", "Bearer other"));
                break;
            default:
                request.Set("Authorization", random.Pick(Wrong));
                request.HasOddHead = true;
                break;
        }
    }
}
