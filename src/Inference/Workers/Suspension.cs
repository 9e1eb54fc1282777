using Microsoft.Extensions.Logging;
using Reranker.Inference.Batching;
using Reranker.Inference.Engines;
using Reranker.Inference.Logging;

namespace Reranker.Inference.Workers;

/// <summary>
/// Suspends a model on a device that fails every run of it, and has the device tried again after pauses that grow. A suspension
/// holds for one model on one device: a graph that fails must not suspend the other models of its device, and where the device is
/// to blame, each of them finds out within a few runs.
/// </summary>
internal sealed partial class Suspension : IAsyncDisposable
{
    private const double Jitter = 0.25;
    private static readonly long MaxPause = MonotonicClock.ToMicroseconds(TimeSpan.FromMinutes(1));

    private readonly int _worker;
    private readonly EngineDescription _engine;
    private readonly RunnerLifecycle _life;
    private readonly DeviceGate _gate;
    private readonly WorkerOptions _options;
    private readonly MonotonicClock _clock;
    private readonly ILogger _logger;
    private readonly GateAlarm _alarm;
    private readonly Lock _lock = new();
    private readonly Random _random;
    private int _failures;
    private int _trying;
    private int _trials;
    private long _pause;
    private long _since;
    private long _endedAt = long.MinValue / 2;

    public Suspension(
        int worker, EngineDescription engine, RunnerLifecycle life, DeviceGate gate, WorkerOptions options, MonotonicClock clock, ILogger logger)
    {
        (_worker, _engine, _life, _gate, _options, _clock, _logger) = (worker, engine, life, gate, options, clock, logger);
        _alarm = new GateAlarm(clock, gate);

        // A different seed for each worker of a process, and in each process.
        _random = new Random(HashCode.Combine(worker, engine.ModelIdentity));
    }

    /// <summary>True when the pause is over and no lane tries the device yet.</summary>
    public bool TrialIsDue => _life.IsSuspended && Volatile.Read(ref _trying) == 0 && _alarm.IsOver;

    /// <summary>A run gave scores.</summary>
    public void ResetFailures()
    {
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <summary>A run gave none. True for the one caller who is to try the device now: there were too many in a row.</summary>
    public bool TryBeginTrialAfterFailure() => !_life.IsSuspended && Interlocked.Increment(ref _failures) == _options.SuspendAfterFailures;

    /// <summary>True for the one caller who is to try the device after a pause.</summary>
    public bool TryBeginTrial() => TrialIsDue && Interlocked.Exchange(ref _trying, 1) == 0;

    /// <summary>Takes in what a trial found: null where the device works.</summary>
    public void SettleTrial(string? fault)
    {
        lock (_lock)
        {
            if (fault is null)
            {
                EndSuspension();
            }
            else if (_life.IsSuspended)
            {
                _trials++;
                _pause = Math.Min(2 * _pause, MaxPause);
                BeginPause(fault);
            }
            else
            {
                BeginSuspension(fault);
            }

            Volatile.Write(ref _failures, 0);
            Volatile.Write(ref _trying, 0);
        }
    }

    public ValueTask DisposeAsync() => _alarm.DisposeAsync();

    // A suspension soon after the last one goes on with longer pauses: the device worked for a moment only.
    private void BeginSuspension(string fault)
    {
        var now = _clock.Now;
        var first = MonotonicClock.ToMicroseconds(_options.FirstPause);
        _pause = now - _endedAt < MaxPause ? Math.Clamp(2 * _pause, first, MaxPause) : first;
        (_since, _trials) = (now, 0);
        BeginPause(fault);
        _life.Suspend();
        WorkerMetrics.CountSuspension(_engine);
        LogSuspended(
            _logger, _worker, _engine.ModelName, _engine.Device, _options.SuspendAfterFailures, fault, ToSeconds(_pause), ToSeconds(MaxPause));
    }

    private void EndSuspension()
    {
        if (!_life.IsSuspended)
        {
            return;
        }

        _endedAt = _clock.Now;
        _life.Resume();
        LogResumed(_logger, _worker, _engine.ModelName, _engine.Device, ToSeconds(_endedAt - _since), _trials);
        _gate.WakeLanes();
    }

    // Adds chance, so that devices that failed for one reason are not all tried at the same moment.
    private void BeginPause(string fault)
    {
        var pause = (long)(_pause * (1 + (Jitter * _random.NextDouble())));
        _alarm.SetMoment(_clock.Now + pause);
        LogPause(_logger, _worker, _engine.ModelName, fault, ToSeconds(pause));
    }

    private static double ToSeconds(long microseconds) => microseconds / 1e6;

    [LoggerMessage(
        InferenceEventIds.RunnerSuspended,
        LogLevel.Error,
        "Worker {Worker} gets no work for model {Model} ({Device}): {Failures} runs in a row failed, and so did a pair of its own ({Reason}). It is tried again in {Seconds:F1} s, and then after pauses of up to {Most:F0} s")]
    private static partial void LogSuspended(
        ILogger logger, int worker, string model, string device, int failures, string reason, double seconds, double most);

    [LoggerMessage(
        InferenceEventIds.RunnerResumed,
        LogLevel.Warning,
        "Worker {Worker} gets work for model {Model} ({Device}) again after {Seconds:F1} s, in which it was tried {Trials} times in vain")]
    private static partial void LogResumed(ILogger logger, int worker, string model, string device, double seconds, int trials);

    [LoggerMessage(InferenceEventIds.RunnerRests, LogLevel.Debug, "Worker {Worker} fails with model {Model} ({Reason}); the next trial is in {Seconds:F1} s")]
    private static partial void LogPause(ILogger logger, int worker, string model, string reason, double seconds);
}
