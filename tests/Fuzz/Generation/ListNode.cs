using System.Text;

namespace Reranker.Fuzz.Generation;

/// <summary>A list.</summary>
internal sealed class ListNode : JsonNode
{
    public List<JsonNode> Items { get; init; } = [];

    public override void Write(StringBuilder json, Random random)
    {
        json.Append('[');
        for (var i = 0; i < Items.Count; i++)
        {
            json.Append(i > 0 ? "," : "");
            Space(json, random);
            Items[i].Write(json, random);
        }

        json.Append(']');
    }
}
