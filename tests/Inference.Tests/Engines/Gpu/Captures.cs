using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Tests.Engines.Gpu;

/// <summary>A capture of somebody else.</summary>
internal static class Captures
{
    /// <summary>Collection of the tests that enter the process's one gate.</summary>
    public const string OneAtATime = "the gate of captures";

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>Has work begun during a capture: it must wait for its end.</summary>
    /// <param name="work">The work.</param>
    /// <param name="check">Looks at what it did during the capture.</param>
    public static void Meanwhile(Action work, Action check)
    {
        // Others of this process may hold the gate for a moment.
        GatePass alone;
        while (!CaptureGate.TryEnterForCapture(out alone))
        {
        }

        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(work)) { IsBackground = true };
        try
        {
            thread.Start();
            Assert.True(
                SpinWait.SpinUntil(() => !thread.IsAlive || thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Most), "It neither waits nor ends.");
            Assert.True(thread.IsAlive, "It did not wait for the end of the capture.");
            check();
        }
        finally
        {
            alone.Dispose();
        }

        Assert.True(thread.Join(Most));
        Assert.Null(error);
    }
}
