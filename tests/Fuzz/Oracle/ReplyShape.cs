namespace Reranker.Fuzz.Oracle;

/// <summary>The shape of a reply's body.</summary>
internal enum ReplyShape
{
    /// <summary>Text Embeddings Inference: an array; errors have <c>error</c> and <c>error_type</c>.</summary>
    Tei,

    /// <summary>Cohere's family: <c>results</c>; errors have <c>message</c> and <c>detail</c>.</summary>
    Cohere,

    /// <summary>Errors have the fields of both.</summary>
    Both,

    /// <summary>Errors have <c>message</c>.</summary>
    Admin,

    /// <summary>Errors have one of them.</summary>
    Any,
}
