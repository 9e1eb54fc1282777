using Reranker.Fuzz.Generation;

namespace Reranker.Fuzz.Mutation;

/// <summary>Sets a number of the request to a limit, or beside it.</summary>
internal sealed class NumericLimit : IBodyMutator
{
    private static readonly string[] Names =
    [
        "top_n", "max_tokens_per_doc", "max_tokens_per_query", "truncate_prompt_tokens", "max_chunks_per_doc", "overlap_tokens",
    ];

    public void Mutate(ObjectNode body, Random random) =>
        body.Fields.Add((random.Pick(Names), JsonNode.Raw(random.Pick(OddValues.Numbers))));
}
