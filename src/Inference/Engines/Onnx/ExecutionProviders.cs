namespace Reranker.Inference.Engines.Onnx;

/// <summary>Names that ONNX Runtime gives to the execution providers that run on a GPU.</summary>
internal static class ExecutionProviders
{
    public const string Cuda = "CUDAExecutionProvider";

    public const string TensorRt = "TensorrtExecutionProvider";
}
