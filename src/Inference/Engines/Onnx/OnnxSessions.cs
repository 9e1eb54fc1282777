using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>Opens sessions and translates ONNX Runtime's errors.</summary>
internal static class OnnxSessions
{
    /// <exception cref="ModelFolderException">ONNX Runtime cannot read or build the graph.</exception>
    public static InferenceSession Open(string path, SessionOptions options)
    {
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFolderException(path, $"ONNX Runtime cannot load it ({FirstLine(e.Message)})", e);
        }
    }

    /// <summary>A failed run as the fault it is. ONNX Runtime has no error code for memory, only words.</summary>
    public static EngineException Fault(OnnxRuntimeException e)
    {
        var memory = e.Message.Contains("Failed to allocate memory", StringComparison.OrdinalIgnoreCase)
            || e.Message.Contains("bad_alloc", StringComparison.Ordinal)
            || e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);
        return memory
            ? new EngineException(EngineFault.OutOfMemory, "ONNX Runtime has too little memory for the batch.", e)
            : new EngineException(EngineFault.Batch, $"ONNX Runtime could not run the batch: {FirstLine(e.Message)}", e);
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim();
}
