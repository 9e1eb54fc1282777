using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Puts something else among the passages.</summary>
internal sealed class ChangePassage : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        if (body.Fields.Find(static field => field.Value is ListNode).Value is ListNode { Items.Count: > 0 } list)
        {
            list.Items[random.Next(list.Items.Count)] = random.Next(3) == 0 ? ObjectPassage(random) : OddValues.Draw(random);
        }
    }

    private static ObjectNode ObjectPassage(Random random)
    {
        string[] names = ["text", "content", "title", "body", "TEXT", "text"];
        var passage = new ObjectNode();
        for (var left = random.Next(4); left > 0; left--)
        {
            passage.Fields.Add((random.Pick(names), random.Next(2) == 0 ? JsonNode.Text(FuzzTexts.Passage(random), random) : OddValues.Draw(random)));
        }

        return passage;
    }
}
