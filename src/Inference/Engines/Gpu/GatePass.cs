namespace Reranker.Inference.Engines.Gpu;

/// <summary>A stay in the <see cref="CaptureGate"/>; dispose it on the thread that entered, to leave.</summary>
/// <param name="gate">The lock that was taken; null within another stay, which is left in its own time.</param>
/// <param name="isAlone">True for a capture.</param>
internal readonly struct GatePass(ReaderWriterLockSlim? gate, bool isAlone) : IDisposable
{
    public void Dispose()
    {
        if (gate is null)
        {
            return;
        }

        if (isAlone)
        {
            gate.ExitWriteLock();
        }
        else
        {
            gate.ExitReadLock();
        }
    }
}
