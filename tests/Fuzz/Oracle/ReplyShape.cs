namespace Reranker.Fuzz.Oracle;

/// <summary>The shape of a reply's body.</summary>
internal enum ReplyShape
{
    /// <summary>Text Embeddings Inference: an array; errors have <c>error</c> and <c>error_type</c>.</summary>
    Tei,

    /// <summary>Cohere's family: <c>results</c>; errors have <c>message</c>, <c>detail</c> and an <c>error</c> object.</summary>
    Cohere,

    /// <summary>As Cohere's family, with documents as their text.</summary>
    Vllm,

    /// <summary>vLLM's scores: a list in the order of the request; errors as Cohere's family.</summary>
    Score,

    /// <summary>Infinity: documents are strings; errors as Cohere's family.</summary>
    Infinity,

    /// <summary>Voyage: <c>data</c>; errors as Cohere's family.</summary>
    Voyage,

    /// <summary>NIM: <c>rankings</c>; errors have <c>status</c> and <c>title</c> beside the fields of Cohere's family.</summary>
    Nim,

    /// <summary>The Open Inference Protocol: <c>outputs</c>; errors have <c>error</c>.</summary>
    KServe,

    /// <summary>Errors have the fields of TEI and Cohere, all of them texts.</summary>
    Both,

    /// <summary>Errors have <c>message</c>.</summary>
    Admin,

    /// <summary>Errors have one of them.</summary>
    Any,
}
