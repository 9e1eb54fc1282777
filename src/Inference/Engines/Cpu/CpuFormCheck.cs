using Reranker.Inference.Engines.Cpu.Operators;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>
/// Runs a model's probes on the forms of its graph that other processors would choose: an engine runs one of them, and a folder that is
/// right on one machine is to be right on the next.
/// </summary>
public static class CpuFormCheck
{
    /// <summary>Checks every form for processors where a folder holds several.</summary>
    /// <param name="model">The model in one precision.</param>
    /// <param name="wasRunOnCpu">True: the form that this processor chooses was checked by its engine, and is left out.</param>
    /// <returns>Names of the graphs' files that were checked.</returns>
    /// <exception cref="ModelFolderException">A graph does not load, or gives other logits than the manifest says.</exception>
    public static IReadOnlyList<string> CheckForms(ModelFolder model, bool wasRunOnCpu)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.FindGraphPath(GraphForms.Fused) is not { } fused || model.FindGraphPath(GraphForms.Padded) is not { } padded || model.Manifest.Probes.Count == 0)
        {
            return [];
        }

        var chosen = wasRunOnCpu ? CpuLoader.FindGraphPath(model, CpuOperators.AreFast) : null;
        string[] left = [.. new[] { padded, fused }.Where(graph => graph != chosen)];
        Array.ForEach(left, graph => CheckGraph(model.Manifest, graph));
        return [.. left.Select(graph => Path.GetFileName(graph))];
    }

    private static void CheckGraph(ModelManifest manifest, string graph)
    {
        using var options = CpuLoader.CreateOptions(manifest, graph);
        using var session = CpuOperators.OpenSession(options, () => OnnxSessions.Open(graph, options));
        using var lane = new CpuLane(session, GraphContract.Padded.CheckSession(session, graph), manifest.MaxPairTokens);
        try
        {
            ProbeCheck.CheckProbes(lane, manifest, graph, manifest.MaxPairTokens);
        }
        catch (EngineException e)
        {
            throw new ModelFolderException(graph, $"does not run ({e.Message})", e);
        }
    }
}
