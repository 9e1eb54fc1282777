using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Adds so many fields that a table of them would be large.</summary>
internal sealed class ManyFields : IBodyMutator
{
    private static readonly int[] Counts = [200, 1015, 1020, 1024, 1030, 3000];

    public void Mutate(ObjectNode body, Random random)
    {
        if (random.Next(10) == 0)
        {
            var count = random.Pick(Counts);
            body.Fields.InsertRange(0, Enumerable.Range(0, count).Select(static i => ($"f{i}", JsonNode.Raw("1"))));
        }
    }
}
