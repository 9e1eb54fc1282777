namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>A node of a <see cref="CustomOperator"/> in the graph of one session.</summary>
internal abstract class OperatorNode
{
    /// <summary>Works the node out for a run. What it throws fails the run with that message.</summary>
    public abstract void Compute(KernelContext context);
}
