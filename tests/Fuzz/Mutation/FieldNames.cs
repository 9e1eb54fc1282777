namespace Reranker.Fuzz.Mutation;

/// <summary>The fields of all dialects, and some of none.</summary>
internal static class FieldNames
{
    public static readonly string[] All =
    [
        "query", "texts", "documents", "model", "top_n", "return_documents", "return_text", "raw_scores", "use_activation", "truncate",
        "truncation", "truncation_direction", "truncation_side", "truncate_prompt_tokens", "max_tokens_per_doc", "max_tokens_per_query",
        "max_chunks_per_doc", "overlap_tokens", "rank_fields", "instruction", "folder", "name", "Query", "QUERY", "Texts", "top_k", "passages", "",
        "inputs", "text_1", "text_2", "queries", "items", "data_1", "data_2", "content", "instructions", "chat_template",
        "outputs", "parameters", "id", "__proto__", "user", "kwargs",
    ];
}
