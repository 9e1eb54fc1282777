namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>What a node of a custom operator works on, for one run.</summary>
internal readonly ref struct KernelContext(OrtFunctions api, nint context)
{
    /// <summary>The device's stream on which the node works; 0 on a CPU.</summary>
    public nint Stream => api.GetStream(context);

    /// <summary>Shape and elements of an input.</summary>
    public nint GetInput(int index, out ReadOnlySpan<long> shape)
    {
        var value = api.GetInput(context, index);
        shape = api.GetShape(value);
        return api.GetData(value);
    }

    /// <summary>Room for an output's elements.</summary>
    public nint CreateOutput(int index, params ReadOnlySpan<long> shape) => api.GetData(api.CreateOutput(context, index, shape));
}
