namespace Reranker.Onnx.HuggingFace;

/// <summary>How a safetensors file stores an element; <see cref="Other"/> is anything that holds no weights.</summary>
internal enum StoredType
{
    Other,
    F32,
    F16,
    BF16,
}
