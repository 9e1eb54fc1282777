using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Cpu.Operators;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>
/// One session a graph, however many engines run it: sessions of their own would each keep the weights that ONNX Runtime
/// packs for its matrix products, which is most of a model. The last engine that gives its share back ends the session.
/// </summary>
internal sealed class SharedSessions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Identity, string Graph), SharedSession> _open = [];

    /// <summary>A share in the session of a model's graph, which is made by the first.</summary>
    /// <param name="identity">
    /// Identity of the model: a folder may be replaced by another model while engines still run what it held before.
    /// </param>
    /// <param name="graph">File of the graph.</param>
    /// <param name="configure">Creates the options of a session.</param>
    /// <exception cref="Models.ModelFolderException">ONNX Runtime cannot read or build the graph.</exception>
    public SessionShare Open(string identity, string graph, Func<SessionOptions> configure)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue((identity, graph), out var shared))
            {
                using var options = configure();
                _open.Add((identity, graph), shared = new SharedSession(CpuOperators.OpenSession(options, () => OnnxSessions.Open(graph, options))));
            }

            shared.Shares++;
            return new SessionShare(shared.Session, () => Close((identity, graph)));
        }
    }

    private void Close((string Identity, string Graph) key)
    {
        lock (_lock)
        {
            var shared = _open[key];
            if (--shared.Shares == 0)
            {
                _open.Remove(key);
                shared.Session.Dispose();
            }
        }
    }

    private sealed class SharedSession(InferenceSession session)
    {
        public InferenceSession Session => session;

        public int Shares { get; set; }
    }
}
