namespace Reranker.Inference.Engines.Cuda;

/// <summary>Attention kernels of ONNX Runtime's CUDA provider for packed tokens.</summary>
public enum CudaAttention
{
    /// <summary>FlashAttention: blocks of 128 by 128 scores. Best for long pairs.</summary>
    Flash,

    /// <summary>
    /// CUTLASS memory-efficient attention: smaller blocks, so that less is computed for nothing where pairs are short or their
    /// lengths lie just above a multiple of 128; slower where they are long.
    /// </summary>
    MemoryEfficient,
}
