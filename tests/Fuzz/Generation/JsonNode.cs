using System.Text;

namespace Reranker.Fuzz.Generation;

/// <summary>A JSON value that may be wrong: what it writes is what it was told to.</summary>
internal abstract class JsonNode
{
    public abstract void Write(StringBuilder json, Random random);

    public static JsonNode Text(string text, Random random) => new RawNode(JsonStrings.Quote(text, random));

    public static JsonNode Raw(string json) => new RawNode(json);

    /// <summary>White space where the grammar allows it, mostly none.</summary>
    protected static void Space(StringBuilder json, Random random)
    {
        if (random.Next(24) == 0)
        {
            json.Append(" \t\r\n"[random.Next(4)]);
        }
    }
}
