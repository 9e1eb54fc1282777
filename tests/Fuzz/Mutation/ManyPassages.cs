using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sends very many very short passages.</summary>
internal sealed class ManyPassages : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        var index = body.Fields.FindIndex(static field => field.Value is ListNode);
        if (index >= 0 && random.Next(60) == 0)
        {
            var items = Enumerable.Range(0, random.Next(300, 3000)).Select(i => JsonNode.Raw($"\"p{i % 97}\"")).ToList();
            body.Fields[index] = (body.Fields[index].Name, new ListNode { Items = items });
        }
    }
}
