namespace Reranker.Gateway.Configuration;

/// <summary>Whose formats count on paths without a prefix, where servers differ on the same path.</summary>
public enum DefaultDialect
{
    /// <summary>A reply and errors that the clients of all of them read.</summary>
    Superset,

    /// <summary>Cohere's.</summary>
    Cohere,

    /// <summary>Jina's.</summary>
    Jina,

    /// <summary>vLLM's: documents come back unless the body says otherwise.</summary>
    Vllm,

    /// <summary>Infinity's: documents are strings.</summary>
    Infinity,

    /// <summary>Voyage's: documents are strings, and the reply has <c>data</c>.</summary>
    Voyage,

    /// <summary>Text Embeddings Inference's errors; bodies with <c>texts</c> are in its dialect always.</summary>
    Tei,

    /// <summary>NVIDIA NIM's errors; bodies with <c>passages</c> are in its dialect always.</summary>
    Nim,
}
