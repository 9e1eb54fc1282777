using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;

namespace Reranker.Onnx.Verification;

/// <summary>
/// Runs the padded form on the CPU for checks, outside of any engine. In frugal mode nothing is optimized and no weights
/// are repacked: they stay in the mapped weights file, so a model of any size is loaded with little private memory.
/// </summary>
internal sealed class GraphRunner : IDisposable
{
    /// <summary>Weights beyond this many bytes are not repacked while a model is imported.</summary>
    public const long LargeModelBytes = 512L << 20;

    private readonly InferenceSession _session;

    private GraphRunner(InferenceSession session) => _session = session;

    /// <summary>Loads a graph.</summary>
    /// <param name="graphPath">The graph file; its weights lie beside it.</param>
    /// <param name="frugal">True keeps memory low; false runs as fast as the CPU provider can.</param>
    /// <param name="threads">Threads of one run.</param>
    /// <exception cref="OnnxRuntimeException">The runtime refuses the graph.</exception>
    public static GraphRunner Load(string graphPath, bool frugal, int threads = 1)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = frugal ? GraphOptimizationLevel.ORT_DISABLE_ALL : GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            EnableMemoryPattern = false,
            EnableCpuMemArena = !frugal,
        };
        options.AddSessionConfigEntry("session.disable_prepacking", frugal ? "1" : "0");
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        OnnxSessions.AskForExactProducts(options, graphPath);
        return new GraphRunner(new InferenceSession(PlainFile.RequireContent(graphPath), options));
    }

    /// <summary>The session, for questions about its inputs and outputs.</summary>
    public InferenceSession Session => _session;

    /// <summary>Scores pairs in one run, padded to the longest or to <paramref name="width"/>.</summary>
    public float[] ScorePairs(IReadOnlyList<int[]> pairs, int width = 0)
    {
        width = Math.Max(width, pairs.Max(p => p.Length));
        var ids = new long[pairs.Count * width];
        var mask = new long[ids.Length];
        Array.Fill(ids, PairLayout.PadId);
        for (var row = 0; row < pairs.Count; row++)
        {
            for (var i = 0; i < pairs[row].Length; i++)
            {
                ids[(row * width) + i] = pairs[row][i];
                mask[(row * width) + i] = 1;
            }
        }

        using var results = RunRows(ids, mask, [pairs.Count, width], [PaddedGraph.Logits]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Runs one batch of padded rows and returns the named outputs.</summary>
    public IDisposableReadOnlyCollection<OrtValue> RunRows(long[] ids, long[] mask, long[] shape, IReadOnlyCollection<string> outputs)
    {
        using var idValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var options = new RunOptions();
        return _session.Run(options, [PaddedGraph.InputIds, PaddedGraph.AttentionMask], [idValue, maskValue], outputs);
    }

    public void Dispose() => _session.Dispose();
}
