using Microsoft.ML.OnnxRuntime;
using Reranker.Inference.Engines.Onnx;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>
/// One session a graph, however many engines run it: sessions of their own would each keep the weights that ONNX Runtime
/// packs for its matrix products, which is most of a model. The last engine that gives its share back ends the session.
/// </summary>
internal sealed class SharedSessions
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _open = [];

    /// <summary>A share in the graph's session, which is made by the first.</summary>
    /// <exception cref="Models.ModelFolderException">ONNX Runtime cannot read or build the graph.</exception>
    public Share Open(string graph, Func<SessionOptions> configure)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(graph, out var entry))
            {
                using var options = configure();
                _open.Add(graph, entry = new Entry(OnnxSessions.Open(graph, options)));
            }

            entry.Shares++;
            return new Share(this, graph, entry.Session);
        }
    }

    private void Close(string graph)
    {
        lock (_lock)
        {
            var entry = _open[graph];
            if (--entry.Shares == 0)
            {
                _open.Remove(graph);
                entry.Session.Dispose();
            }
        }
    }

    /// <summary>One engine's hold on a session.</summary>
    public sealed class Share(SharedSessions owner, string graph, InferenceSession session) : IDisposable
    {
        private bool _closed;

        public InferenceSession Session => session;

        public void Dispose()
        {
            if (!_closed)
            {
                _closed = true;
                owner.Close(graph);
            }
        }
    }

    private sealed class Entry(InferenceSession session)
    {
        public InferenceSession Session => session;

        public int Shares { get; set; }
    }
}
