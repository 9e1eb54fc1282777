using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Repeats passages, so that equal ones need their own places in the reply.</summary>
internal sealed class RepeatPassages : IBodyMutator
{
    public void Mutate(ObjectNode body, Random random)
    {
        if (body.Fields.Find(static field => field.Value is ListNode).Value is ListNode { Items.Count: > 0 } list)
        {
            for (var left = random.Next(1, 6); left > 0; left--)
            {
                list.Items.Insert(random.Next(list.Items.Count + 1), random.Pick(list.Items));
            }
        }
    }
}
