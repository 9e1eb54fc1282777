using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Tests.Engines.Gpu;

[Collection(Captures.OneAtATime)]
public sealed class CaptureGateTests
{
    [Fact]
    public async Task Nothing_else_is_done_while_one_captures_and_a_capture_waits_for_nothing_that_hangs()
    {
        using var working = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var work = Task.Factory.StartNew(
            () =>
            {
                using var pass = CaptureGate.EnterForWork();
                working.Set();
                release.Wait(TestContext.Current.CancellationToken);
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        working.Wait(TestContext.Current.CancellationToken);

        // Whoever works stays inside for as long as this asks.
        Assert.False(await Task.Run(() => CaptureGate.TryEnterForCapture(out _), TestContext.Current.CancellationToken));
        release.Set();
        await work;

        Assert.True(CaptureGate.TryEnterForCapture(out var alone));
        var other = Task.Factory.StartNew(
            () => CaptureGate.EnterForWork().Dispose(), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.False(other.IsCompleted);
        alone.Dispose();
        await other;
    }

    [Fact]
    public void A_pass_within_another_one_ends_with_the_outer_one()
    {
        using (CaptureGate.EnterForWork())
        {
            CaptureGate.EnterForWork().Dispose();
            Assert.False(CanCapture());
        }

        Assert.True(CanCapture());
    }

    // On another thread: a thread that is inside never captures.
    private static bool CanCapture()
    {
        var captures = false;
        var other = new Thread(() =>
        {
            captures = CaptureGate.TryEnterForCapture(out var alone);
            alone.Dispose();
        });
        other.Start();
        other.Join();
        return captures;
    }
}
