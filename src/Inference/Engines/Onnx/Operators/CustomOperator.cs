namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>An operator of our own in a graph of ONNX Runtime: any number of inputs, one output, all of one type.</summary>
internal abstract class CustomOperator
{
    /// <summary>Its name in a graph.</summary>
    public abstract string Name { get; }

    /// <summary>The execution provider that runs it; null for the CPU.</summary>
    public abstract string? ExecutionProvider { get; }

    /// <summary>Number of inputs.</summary>
    public abstract int Inputs { get; }

    /// <summary>Type of inputs and output, by its number in ONNX.</summary>
    public abstract int ElementType { get; }

    /// <summary>Works out a node. What it throws fails the run with that message.</summary>
    public abstract void Compute(KernelContext context);
}
