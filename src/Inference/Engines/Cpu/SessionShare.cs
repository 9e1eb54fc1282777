using Microsoft.ML.OnnxRuntime;

namespace Reranker.Inference.Engines.Cpu;

/// <summary>One engine's hold on a session that others may hold too.</summary>
/// <param name="session">The session.</param>
/// <param name="giveBack">Ends the hold.</param>
internal sealed class SessionShare(InferenceSession session, Action giveBack) : IDisposable
{
    private bool _isGivenBack;

    public InferenceSession Session => session;

    public void Dispose()
    {
        if (!_isGivenBack)
        {
            _isGivenBack = true;
            giveBack();
        }
    }
}
