using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Replaces the query by an odd text.</summary>
internal sealed class OddQuery : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        body.Fields.RemoveAll(static field => field.Name == "query");
        body.Fields.Add(("query", random.Next(2) == 0 ? JsonNode.Text(FuzzTexts.Strange(random), random) : OddValues.Draw(random)));
    }
}
