using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Reranker.Inference.Engines.Gpu;

/// <summary>
/// The one thread that runs a session. ONNX Runtime keeps a cuBLAS handle with its workspace, and the CUDA graphs it captured,
/// for every thread that ever ran: with one thread the device holds them once, and what was captured before the first request
/// is there for all of them.
/// </summary>
internal sealed class DeviceThread : IDisposable
{
    // Some tens of microseconds: while work waits the next run comes sooner than a sleeping thread would wake up.
    private const int Spins = 200;

    // As long as the longest run that is called short; whoever else wants the processor gets it.
    private static readonly TimeSpan ShortRun = TimeSpan.FromMilliseconds(3);

    private readonly Lock _callers = new();
    private readonly ManualResetEventSlim _posted = new(initialState: false, Spins);
    private readonly ManualResetEventSlim _finished = new(initialState: false);
    private readonly Thread _thread;
    private Action? _work;
    private ExceptionDispatchInfo? _error;
    private bool _over;

    public DeviceThread(string name)
    {
        _thread = new Thread(RunPosted) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs the work there and waits; what it throws is thrown here.</summary>
    /// <param name="work">The work.</param>
    /// <param name="isShort">True where the time of waking up the caller would be felt: it looks for the end instead of sleeping.</param>
    public void Run(Action work, bool isShort = false)
    {
        lock (_callers)
        {
            ObjectDisposedException.ThrowIf(_over, this);
            _work = work;
            _posted.Set();
            if (isShort)
            {
                SpinUntilFinished();
            }

            _finished.Wait();
            _finished.Reset();
            if (_error is { } error)
            {
                _error = null;
                error.Throw();
            }
        }
    }

    /// <summary>Ends the thread. Nobody may be waiting for it.</summary>
    public void Dispose()
    {
        lock (_callers)
        {
            if (_over)
            {
                return;
            }

            _over = true;
            _work = null;
            _posted.Set();
        }

        _thread.Join();
        _posted.Dispose();
        _finished.Dispose();
    }

    private void SpinUntilFinished()
    {
        var start = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (!_finished.IsSet && Stopwatch.GetElapsedTime(start) < ShortRun)
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void RunPosted()
    {
        while (true)
        {
            _posted.Wait();
            _posted.Reset();
            if (_work is not { } work)
            {
                return;
            }

            try
            {
                work();
            }
            catch (Exception e)
            {
                _error = ExceptionDispatchInfo.Capture(e);
            }

            _finished.Set();
        }
    }
}
