namespace Reranker.Inference.Engines.Gpu;

/// <summary>A stay in the <see cref="CaptureGate"/>; dispose it on the thread that entered, to leave.</summary>
/// <param name="gate">The lock of the gate, where it was taken: not within another stay, which is left in its own time.</param>
/// <param name="loads">The lock of loads, where that was taken too.</param>
/// <param name="isAlone">True for a capture.</param>
internal readonly struct GatePass(ReaderWriterLockSlim? gate, ReaderWriterLockSlim? loads, bool isAlone) : IDisposable
{
    public void Dispose()
    {
        Exit(gate);
        Exit(loads);
    }

    private void Exit(ReaderWriterLockSlim? entered)
    {
        if (isAlone)
        {
            entered?.ExitWriteLock();
        }
        else
        {
            entered?.ExitReadLock();
        }
    }
}
