using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Onnx.Operators;

/// <summary>Custom operators under one name. It must be disposed after every session that knows it.</summary>
internal sealed unsafe class OperatorDomain : IDisposable
{
    private static readonly ConcurrentDictionary<string, Registration> Registrations = [];

    private readonly string _text;
    private readonly List<OperatorDefinition> _definitions = [];
    private readonly nint _name;
    private readonly nint _domain;

    public OperatorDomain(string name, params ReadOnlySpan<CustomOperator> operators)
    {
        _text = name;
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
    public void RegisterOperators(SessionOptions options) => OrtFunctions.Instance.AddDomain(options.DangerousGetHandle(), _domain);

    /// <summary>
    /// Opens a session that was told of the domain; the first one of a name is opened alone. The runtime looks a name up in a list of
    /// the process and adds it when it is not there, and of two sessions that do that at the same time one fails.
    /// </summary>
    public InferenceSession OpenSession(Func<InferenceSession> open)
    {
        var registration = Registrations.GetOrAdd(_text, static _ => new Registration());
        lock (registration.Turn)
        {
            if (!registration.IsDone)
            {
                var session = open();
                registration.IsDone = true;
                return session;
            }
        }

        return open();
    }

    public void Dispose()
    {
        OrtFunctions.Instance.ReleaseDomain(_domain);
        _definitions.ForEach(d => d.Dispose());
        Marshal.FreeCoTaskMem(_name);
    }

    /// <summary>Whether the runtime has a domain's name in its list by now.</summary>
    private sealed class Registration
    {
        public Lock Turn { get; } = new();

        public bool IsDone { get; set; }
    }
}
