using Microsoft.ML.OnnxRuntime.Tensors;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines.Loading;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>
/// The padded graph, or its fused form, on ONNX Runtime's CPU provider: one session, one single-threaded run a lane, one pair a run. Engines of
/// one process share that session, and ONNX Runtime maps the weights file into it instead of reading it. On a CPU a
/// batch gains nothing over that, and without one there is no padding and no neighbour that could change a score, which
/// also holds for graphs that take their activation ranges over the whole run.
/// </summary>
internal sealed class CpuModel(SessionShare session, TensorElementType logitType, string graph) : IOpenModel
{
    public string ExecutionProvider => "CPU";

    public string Device => CpuDevice.Name;

    public string RuntimeVersion => OnnxRuntimeLibrary.Version;

    /// <summary>File of the graph.</summary>
    public string Graph => graph;

    public CpuLane CreateLane(CostLimits limits) => new(session.Session, logitType, limits.MaxPairTokens);

    public void Dispose() => session.Dispose();
}
