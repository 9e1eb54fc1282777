using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Onnx;

/// <summary>Opens sessions of ONNX Runtime.</summary>
internal static class OnnxSessions
{
    /// <summary>
    /// Asks for INT8 products that no processor saturates: without VNNI the default kernels add two products of UINT8 and INT8 in 16 bits. Graphs with
    /// DequantizeLinear are left alone, since ONNX Runtime makes invalid graphs of them with it.
    /// </summary>
    /// <param name="options">The options of the session.</param>
    /// <param name="path">The graph's file.</param>
    public static void AskForExactProducts(SessionOptions options, string path)
    {
        if (GraphNames.FindNames(path, ["MatMulInteger"u8.ToArray(), "DequantizeLinear"u8.ToArray()]) is [true, false])
        {
            options.AddSessionConfigEntry("session.x64quantprecision", "1");
        }
    }

    /// <summary>Options of a session whose runs are the only ones of their thread, and of which nearly every one has a new shape.</summary>
    public static SessionOptions CreateOptions()
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,

            // A pattern is kept for every shape ever seen.
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    /// <exception cref="ModelFolderException">ONNX Runtime cannot read or build the graph.</exception>
    public static InferenceSession Open(string path, SessionOptions options)
    {
        try
        {
            return new InferenceSession(PlainFile.RequireContent(path), options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFolderException(path, $"ONNX Runtime cannot load it ({OnnxFaults.ReadFirstLine(e)})", e);
        }
    }
}
