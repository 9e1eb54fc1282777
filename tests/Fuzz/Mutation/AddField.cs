using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Adds a field of any dialect, with any value.</summary>
internal sealed class AddField : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random) =>
        body.Fields.Insert(random.Next(body.Fields.Count + 1), (random.Pick(FieldNames.All), OddValues.Draw(random)));
}
