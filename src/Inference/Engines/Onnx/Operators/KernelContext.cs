namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>What a node of a custom operator works on, for one run.</summary>
internal readonly ref struct KernelContext(OrtFunctions api, nint context)
{
    /// <summary>The device's stream on which the node works; 0 on a CPU.</summary>
    public nint Stream => api.Stream(context);

    /// <summary>Shape and elements of an input.</summary>
    public nint Input(int index, out ReadOnlySpan<long> shape)
    {
        var value = api.Input(context, index);
        shape = api.Shape(value);
        return api.Data(value);
    }

    /// <summary>Room for the output's elements.</summary>
    public nint Output(params ReadOnlySpan<long> shape) => api.Data(api.Output(context, shape));
}
