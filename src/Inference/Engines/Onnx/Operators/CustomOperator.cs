using Microsoft.ML.OnnxRuntime.Tensors;

namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>An operator of our own in a graph of ONNX Runtime, with inputs and outputs of fixed number and type.</summary>
internal abstract class CustomOperator
{
    /// <summary>Its name in a graph.</summary>
    public abstract string Name { get; }

    /// <summary>The execution provider that runs it; null for the CPU.</summary>
    public abstract string? ExecutionProvider { get; }

    /// <summary>Type of each input.</summary>
    public abstract IReadOnlyList<TensorElementType> Inputs { get; }

    /// <summary>Type of each output.</summary>
    public abstract IReadOnlyList<TensorElementType> Outputs { get; }

    /// <summary>Makes what works out one node of a graph. What it throws fails the session with that message.</summary>
    public abstract OperatorNode CreateNode(NodeAttributes attributes);
}
