using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Names a model that is not there, or is no name.</summary>
internal sealed class OddModel : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random) =>
        body.Fields.Add(("model", random.Next(4) == 0 ? OddValues.Draw(random) : JsonNode.Text(FuzzTexts.Name(random), random)));
}
