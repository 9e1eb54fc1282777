using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>Translates errors of ONNX Runtime, which has no error code for memory, only words.</summary>
internal static class OnnxFaults
{
    // Words of the arena, of the C++ library, of CUDA and of cuBLAS.
    private static readonly string[] MemoryWords =
        ["is smaller than requested bytes", "Failed to allocate memory", "bad_alloc", "out of memory", "OutOfMemory", "ALLOC_FAILED"];

    /// <summary>A failed run as the fault it is.</summary>
    public static EngineException TranslateFault(OnnxRuntimeException e) => IsOutOfMemory(e)
        ? new EngineException(EngineFault.OutOfMemory, "ONNX Runtime has too little memory for the batch.", e)
        : new EngineException(EngineFault.Batch, $"ONNX Runtime could not run the batch: {ReadFirstLine(e)}", e);

    /// <summary>True when too little memory was the reason.</summary>
    public static bool IsOutOfMemory(Exception e)
        => e is EngineException { Fault: EngineFault.OutOfMemory }
        || Array.Exists(MemoryWords, w => e.Message.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <summary>What an error says before it lists where it came from.</summary>
    public static string ReadFirstLine(Exception e) => e.Message.Split('\n', 2)[0].Trim();
}
