using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Repeats a field, with the same value or another one.</summary>
internal sealed class RepeatField : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        if (body.Fields.Count > 0)
        {
            var (name, value) = random.Pick(body.Fields);
            body.Fields.Insert(random.Next(body.Fields.Count + 1), (name, random.Next(3) == 0 ? value : OddValues.Draw(random)));
        }
    }
}
