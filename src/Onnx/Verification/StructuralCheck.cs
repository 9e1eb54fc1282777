using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;

namespace Reranker.Onnx.Verification;

/// <summary>Loads the very graph file with its weights in ONNX Runtime: operators, types, shapes and places of the weights.</summary>
internal static class StructuralCheck
{
    /// <summary>Loads and checks a padded graph; the caller runs probes on it and disposes it.</summary>
    /// <param name="graphPath">The graph file; its weights lie beside it.</param>
    /// <exception cref="ModelFolderException">The runtime refuses the graph, or its inputs and outputs are others.</exception>
    public static GraphRunner LoadChecked(string graphPath)
    {
        GraphRunner runner;
        try
        {
            runner = GraphRunner.Load(graphPath, frugal: true);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFolderException(graphPath, $"is refused by ONNX Runtime ({e.Message})", e);
        }

        try
        {
            var session = runner.Session;
            RequireValue(graphPath, session.InputMetadata, PaddedGraph.InputIds, typeof(long), [-1, -1]);
            RequireValue(graphPath, session.InputMetadata, PaddedGraph.AttentionMask, typeof(long), [-1, -1]);
            RequireValue(graphPath, session.OutputMetadata, PaddedGraph.Logits, typeof(float), [-1, 1]);
            return runner;
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    private static void RequireValue(
        string graph, IReadOnlyDictionary<string, NodeMetadata> values, string name, Type type, int[] dims)
    {
        if (!values.TryGetValue(name, out var value) || value.ElementType != type || !value.Dimensions.SequenceEqual(dims))
        {
            throw new ModelFolderException(graph, $"has no value '{name}' of type {type.Name} and shape [{string.Join(", ", dims)}]");
        }
    }
}
