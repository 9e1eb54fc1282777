using Reranker.Fuzz.Requests;

namespace Reranker.Fuzz.Mutation;

/// <summary>Spells the path otherwise: some spellings are the same resource, some are another one, some are none.</summary>
internal sealed class OddPath : IRequestMutator
{
    public void Mutate(FuzzRequest request, Random random)
    {
        request.HasOddTarget = true;
        var path = request.Target;
        request.Target = random.Next(14) switch
        {
            0 => path.ToUpperInvariant(),
            1 => path + "/",
            2 => "/" + path,
            3 => path.Replace("/", "//", StringComparison.Ordinal),
            4 => "/%2e" + path,
            5 => "/a/.." + path,
            6 => path.Length > 1 ? $"/%{(int)path[1]:x2}{path[2..]}" : "/%2F",
            7 => path + "?x=%00&y=[]&" + new string((char)97, random.Next(3000)),
            8 => "http://fuzz" + path,
            9 => path + "%00",
            10 => path + "%zz",
            11 => path.Replace((char)47, (char)92),
            12 => path + "#fragment",
            _ => "/" + new string((char)97, random.Next(100, 9000)),
        };
    }
}
