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

    [Fact]
    public async Task A_capture_waits_for_a_load_as_long_as_that_takes_and_nobody_waits_for_the_capture_meanwhile()
    {
        var token = TestContext.Current.CancellationToken;
        using var load = new Load();
        load.Start();
        var capture = Task.Factory.StartNew(CanCapture, token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // A capture that waited for a run would have given up, and stopped everybody until then.
        await Task.Delay(1.5 * CaptureGate.RunPatience, token);
        Assert.False(capture.IsCompleted);
        CaptureGate.EnterForWork().Dispose();

        load.End();
        Assert.True(await capture.WaitAsync(TimeSpan.FromSeconds(30), token));
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

    /// <summary>A load on a thread of its own, as it stays on the GPU.</summary>
    private sealed class Load : IDisposable
    {
        private readonly ManualResetEventSlim _entered = new();
        private readonly ManualResetEventSlim _end = new();
        private readonly Thread _thread;

        public Load() => _thread = new Thread(() =>
        {
            using var load = CaptureGate.EnterForLoad();
            using var pass = CaptureGate.EnterForWork();
            _entered.Set();
            _end.Wait();
        });

        public void Start()
        {
            _thread.Start();
            _entered.Wait();
        }

        public void End()
        {
            _end.Set();
            _thread.Join();
        }

        public void Dispose()
        {
            End();
            _entered.Dispose();
            _end.Dispose();
        }
    }
}
