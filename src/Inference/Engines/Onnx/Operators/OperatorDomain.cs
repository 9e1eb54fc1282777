using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>Custom operators under one name. It must be disposed after every session that knows it.</summary>
internal sealed unsafe class OperatorDomain : IDisposable
{
    private readonly List<OperatorDefinition> _definitions = [];
    private readonly nint _name;
    private readonly nint _domain;

    public OperatorDomain(string name, params ReadOnlySpan<CustomOperator> operators)
    {
        _name = Marshal.StringToCoTaskMemUTF8(name);
        _domain = OrtFunctions.Instance.CreateDomain((byte*)_name);
        foreach (var custom in operators)
        {
            var definition = new OperatorDefinition(custom);
            _definitions.Add(definition);
            OrtFunctions.Instance.AddOperator(_domain, definition.Address);
        }
    }

    /// <summary>Makes the operators known to sessions that are made with these options.</summary>
    public void AddTo(SessionOptions options) => OrtFunctions.Instance.AddDomain(options.DangerousGetHandle(), _domain);

    public void Dispose()
    {
        OrtFunctions.Instance.ReleaseDomain(_domain);
        _definitions.ForEach(d => d.Dispose());
        Marshal.FreeCoTaskMem(_name);
    }
}
