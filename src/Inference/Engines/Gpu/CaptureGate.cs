namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// Keeps everything else that this process does on its GPUs away from a capture: CUDA refuses allocations, copies and waits of
/// every thread while one captures, on whatever GPU, and the refusal spoils the capture. So whatever reaches a GPU enters here:
/// runs of every provider, buffers that are taken and given back, sessions, and the question whether a device still works.
/// </summary>
internal static class CaptureGate
{
    // A run that hangs holds the gate; whoever wants to capture gives up then instead of stopping the other GPUs too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly ReaderWriterLockSlim Gate = new();

    /// <summary>Enters for anything that is no capture; dispose the pass to leave, on the same thread. May be within another pass.</summary>
    public static GatePass EnterForWork()
    {
        if (Gate.IsReadLockHeld || Gate.IsWriteLockHeld)
        {
            return default;
        }

        Gate.EnterReadLock();
        return new GatePass(Gate, isAlone: false);
    }

    /// <summary>Enters alone, not within another pass; false when something else stays on a GPU for too long.</summary>
    public static bool TryEnterForCapture(out GatePass pass)
    {
        var entered = Gate.TryEnterWriteLock(Patience);
        pass = entered ? new GatePass(Gate, isAlone: true) : default;
        return entered;
    }
}
