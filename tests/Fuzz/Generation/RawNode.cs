using System.Text;

namespace Reranker.Fuzz.Generation;

/// <summary>A token, or any other characters, as they are.</summary>
internal sealed class RawNode(string token) : JsonNode
{
    public override void Write(StringBuilder json, Random random) => json.Append(token);
}
