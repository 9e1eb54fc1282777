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

    /// <summary>Enters for anything that is no capture; dispose it to leave, on the same thread. May be within another pass.</summary>
    public static Pass Work()
    {
        if (Gate.IsReadLockHeld || Gate.IsWriteLockHeld)
        {
            return default;
        }

        Gate.EnterReadLock();
        return new Pass(Pass.Kind.Work);
    }

    /// <summary>Enters alone, not within another pass; false when something else stays on a GPU for too long.</summary>
    public static bool TryCapture(out Pass pass)
    {
        var entered = Gate.TryEnterWriteLock(Patience);
        pass = entered ? new Pass(Pass.Kind.Capture) : default;
        return entered;
    }

    /// <summary>Leaves the gate.</summary>
    public readonly struct Pass(Pass.Kind kind) : IDisposable
    {
        /// <summary>What was entered for.</summary>
        public enum Kind
        {
            /// <summary>It lies within another pass of its thread: leaving it does nothing.</summary>
            Within,

            /// <summary>Anything that is no capture.</summary>
            Work,

            /// <summary>A capture.</summary>
            Capture,
        }

        public void Dispose()
        {
            if (kind == Kind.Capture)
            {
                Gate.ExitWriteLock();
            }
            else if (kind == Kind.Work)
            {
                Gate.ExitReadLock();
            }
        }
    }
}
