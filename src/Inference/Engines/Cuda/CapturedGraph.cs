using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx;
using Reranker.Inference.Graphs;

namespace Reranker.Inference.Engines.Cuda;

/// <summary>One size of <see cref="CapturedRuns"/>: where its inputs and logits lie, by which ONNX Runtime captures a run and repeats it.</summary>
internal sealed class CapturedGraph : IDisposable
{
    private readonly OrtValue[] _owned;

    /// <param name="session">Session that captures.</param>
    /// <param name="size">Tokens, by which the graph is known to the session.</param>
    /// <param name="inputs">Places of the inputs in the order of the packed form; the graph owns them.</param>
    /// <param name="logits">Place of the logits, which it owns too.</param>
    public CapturedGraph(InferenceSession session, int size, OrtValue[] inputs, OrtValue logits)
    {
        _owned = [.. inputs, logits];
        Binding = session.CreateIoBinding();
        foreach (var (name, input) in GraphContract.Packed.InputNames.Zip(inputs))
        {
            Binding.BindInput(name, input);
        }

        Binding.BindOutput(GraphTensors.Logits, logits);
        Options = new RunOptions();
        Options.AddRunConfigEntry(CudaGraphs.IdOfRun, size.ToString(CultureInfo.InvariantCulture));
    }

    public OrtIoBinding Binding { get; }

    public RunOptions Options { get; }

    public void Dispose()
    {
        Binding.Dispose();
        Options.Dispose();
        foreach (var value in _owned)
        {
            value.Dispose();
        }
    }
}
