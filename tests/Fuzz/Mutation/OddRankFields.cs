using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Names odd ranking fields.</summary>
internal sealed class OddRankFields : IBodyMutator
{
    private static readonly string[] Lists =
    [
        "[]", "[\"text\"]", "[\"title\",\"title\"]", "[\"\"]", "[null]", "[1]", "\"title\"", "{}", "[[\"a\"]]", "[\"text\",\"content\"]", "[\"\\ud800\"]", "[\"title\",\"year\",\"x\"]",
    ];

    public void Mutate(ObjectNode body, Random random) => body.Fields.Add((
        "rank_fields",
        JsonNode.Raw(random.Next(8) == 0 ? $"[{string.Join(",", Enumerable.Repeat("\"a\"", random.Next(62, 68)))}]" : random.Pick(Lists))));
}
