namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>The attributes of a node of a custom operator.</summary>
internal readonly ref struct NodeAttributes(OrtFunctions api, nint info)
{
    /// <summary>An attribute that is a float.</summary>
    /// <exception cref="InvalidOperationException">The node has none of that name.</exception>
    public float ReadFloat(string name) => api.ReadFloat(info, name);

    /// <summary>An attribute that is an integer.</summary>
    /// <exception cref="InvalidOperationException">The node has none of that name.</exception>
    public long ReadInteger(string name) => api.ReadInteger(info, name);
}
