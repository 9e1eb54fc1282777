namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// Keeps everything else that this process does on its GPUs away from a capture: CUDA refuses allocations, copies and waits of
/// every thread while one captures, on whatever GPU, and the refusal spoils the capture. So whatever reaches a GPU enters here:
/// runs of every provider, buffers that are taken and given back, sessions, and the question whether a device still works.
/// </summary>
internal static class CaptureGate
{
    /// <summary>How long a capture waits for runs, which cannot begin meanwhile. One that hangs must not stop the other GPUs too.</summary>
    internal static readonly TimeSpan RunPatience = TimeSpan.FromSeconds(1);

    // A session is made in seconds, and whoever waits for that stops nobody.
    private static readonly TimeSpan LoadPatience = TimeSpan.FromMinutes(1);

    private static readonly ReaderWriterLockSlim Gate = new();
    private static readonly ReaderWriterLockSlim Loads = new();

    /// <summary>Enters for anything that is no capture; dispose the pass to leave, on the same thread. May be within another pass.</summary>
    public static GatePass EnterForWork()
    {
        if (Gate.IsReadLockHeld || Gate.IsWriteLockHeld)
        {
            return default;
        }

        Gate.EnterReadLock();
        return new GatePass(Gate, loads: null, isAlone: false);
    }

    /// <summary>
    /// Announces work that stays on a GPU for seconds, before it enters as any other: captures wait for its end. Several GPUs load
    /// side by side, and the first one that captures would else find another on its GPU for too long, and do without captures for as
    /// long as it serves. Not within any pass.
    /// </summary>
    public static GatePass EnterForLoad()
    {
        Loads.EnterReadLock();
        return new GatePass(gate: null, Loads, isAlone: false);
    }

    /// <summary>Enters alone, not within another pass; false when something else stays on a GPU for too long.</summary>
    public static bool TryEnterForCapture(out GatePass pass)
    {
        pass = default;
        if (!Loads.TryEnterWriteLock(LoadPatience))
        {
            return false;
        }

        if (!Gate.TryEnterWriteLock(RunPatience))
        {
            Loads.ExitWriteLock();
            return false;
        }

        pass = new GatePass(Gate, Loads, isAlone: true);
        return true;
    }
}
