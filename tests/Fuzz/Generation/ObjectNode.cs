using System.Text;

namespace Reranker.Fuzz.Generation;

/// <summary>An object; names may repeat.</summary>
internal sealed class ObjectNode : JsonNode
{
    public List<(string Name, JsonNode Value)> Fields { get; init; } = [];

    public override void Write(StringBuilder json, Random random)
    {
        json.Append('{');
        for (var i = 0; i < Fields.Count; i++)
        {
            json.Append(i > 0 ? "," : "");
            Space(json, random);
            json.Append(JsonStrings.Quote(Fields[i].Name, random)).Append(':');
            Space(json, random);
            Fields[i].Value.Write(json, random);
        }

        json.Append('}');
    }
}
