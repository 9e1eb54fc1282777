namespace Reranker.Inference.Engines.Cuda;

/// <summary>
/// Keeps everything else that this process does on its GPUs away from a capture: CUDA refuses allocations and copies of
/// every thread while one captures, on whatever GPU, and the refusal spoils the capture.
/// </summary>
internal static class CaptureGate
{
    // A run that hangs holds the gate; whoever wants to capture gives up then instead of stopping the other GPUs too.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly ReaderWriterLockSlim Gate = new();

    /// <summary>Enters for anything that is no capture; dispose it to leave.</summary>
    public static Pass Work()
    {
        Gate.EnterReadLock();
        return new Pass(isCapture: false);
    }

    /// <summary>Enters alone; false when something else stays on a GPU for too long.</summary>
    public static bool TryCapture(out Pass pass)
    {
        var entered = Gate.TryEnterWriteLock(Patience);
        pass = new Pass(isCapture: true);
        return entered;
    }

    /// <summary>Leaves the gate.</summary>
    public readonly struct Pass(bool isCapture) : IDisposable
    {
        public void Dispose()
        {
            if (isCapture)
            {
                Gate.ExitWriteLock();
            }
            else
            {
                Gate.ExitReadLock();
            }
        }
    }
}
