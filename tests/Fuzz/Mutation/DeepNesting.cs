using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Nests lists or objects around the depth that parsers allow, and far beyond.</summary>
internal sealed class DeepNesting : IBodyMutator
{
    private static readonly int[] Depths = [60, 61, 62, 63, 64, 65, 66, 67, 200, 10_000];

    public void Mutate(ObjectNode body, Random random)
    {
        var depth = random.Pick(Depths);
        var (open, close) = random.Next(2) == 0 ? ("[", "]") : ("{\"a\":", "}");
        var nested = string.Concat(Enumerable.Repeat(open, depth)) + (open == "[" ? "" : "1") + string.Concat(Enumerable.Repeat(close, depth));
        body.Fields.Insert(random.Next(body.Fields.Count + 1), (random.Pick(FieldNames.All), JsonNode.Raw(nested)));
    }
}
