using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Leaves a field out.</summary>
internal sealed class DropField : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        if (body.Fields.Count > 0)
        {
            body.Fields.RemoveAt(random.Next(body.Fields.Count));
        }
    }
}
