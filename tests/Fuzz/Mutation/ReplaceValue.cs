using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Gives a field a value of another type, or one that is out of range.</summary>
internal sealed class ReplaceValue : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        if (body.Fields.Count > 0)
        {
            var index = random.Next(body.Fields.Count);
            body.Fields[index] = (body.Fields[index].Name, OddValues.Draw(random));
        }
    }
}
