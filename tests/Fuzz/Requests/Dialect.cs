namespace Reranker.Fuzz.Requests;

/// <summary>A wire format of the scoring paths.</summary>
internal enum Dialect
{
    /// <summary>Text Embeddings Inference: <c>texts</c>.</summary>
    Tei,

    /// <summary>Text Embeddings Inference's labels of pairs: <c>inputs</c>.</summary>
    Predict,

    /// <summary>Cohere and Jina: <c>documents</c>.</summary>
    Cohere,

    /// <summary>vLLM's reranking, under its prefix.</summary>
    Vllm,

    /// <summary>vLLM's scores of one text with another, with several, or of pairs.</summary>
    Score,

    /// <summary>Infinity, under its prefix.</summary>
    Infinity,

    /// <summary>Voyage, under its prefix.</summary>
    Voyage,

    /// <summary>NVIDIA NIM: <c>passages</c>.</summary>
    Nim,

    /// <summary>The Open Inference Protocol: tensors.</summary>
    KServe,
}
