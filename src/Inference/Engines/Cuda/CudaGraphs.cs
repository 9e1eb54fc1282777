namespace Reranker.Inference.Engines.Cuda;

/// <summary>Names that ONNX Runtime gives to what has to do with CUDA graphs.</summary>
internal static class CudaGraphs
{
    /// <summary>Option of the provider: 1 lets runs be captured.</summary>
    public const string Enable = "enable_cuda_graph";

    /// <summary>Entry of a run: the number of its graph, or <see cref="None"/>.</summary>
    public const string IdOfRun = "gpu_graph_id";

    /// <summary>A run that is neither captured nor replayed.</summary>
    public const string None = "-1";
}
