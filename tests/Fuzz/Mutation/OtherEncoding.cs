using System.Text;
using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends the body as UTF-16, UTF-32 or Latin-1, and says so or not.</summary>
internal sealed class OtherEncoding : IRequestMutator
{
    private static readonly Encoding[] Encodings = [Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, Encoding.Latin1];

    public void Mutate(FuzzRequest request, Random random)
    {
        var encoding = random.Pick(Encodings);
        var text = Encoding.UTF8.GetString(request.Body);
        request.Body = [.. random.Next(2) == 0 ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)];
        if (random.Next(2) == 0)
        {
            request.Set("Content-Type", $"application/json; charset={encoding.WebName}");
        }
    }
}
