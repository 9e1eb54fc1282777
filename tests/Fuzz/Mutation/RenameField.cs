using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Gives a field the name of another dialect’s, or another case.</summary>
internal sealed class RenameField : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        if (body.Fields.Count > 0)
        {
            var index = random.Next(body.Fields.Count);
            var (name, value) = body.Fields[index];
            body.Fields[index] = (random.Next(4) switch
            {
                0 => name.ToUpperInvariant(),
                1 => name + " ",
                _ => random.Pick(FieldNames.All),
            }, value);
        }
    }
}
