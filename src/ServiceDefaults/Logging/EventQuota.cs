
namespace Reranker.ServiceDefaults.Logging;

/// <summary>
/// How many more lines of one event may be written now: so many in a period, and then none until it has passed. A period in which
/// lines were left out ends with a line that counts them.
/// </summary>
internal sealed class EventQuota : IDisposable
{
    /// <summary>Lines of an event in a period.</summary>
    public const int Lines = 20;

    /// <summary>The period, which starts with an event's first line.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Action<long> _tell;
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private long _start;
    private int _written;
    private long _leftOut;

    /// <param name="tell">Writes how many lines a period left out.</param>
    /// <param name="time">Clock.</param>
    public EventQuota(Action<long> tell, TimeProvider time)
    {
        (_tell, _time) = (tell, time);
        // Timers hold on to the ambient values of whoever makes them, here of a request.
        using var noFlow = ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(static q => ((EventQuota)q!).EndPeriod(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a line. False: it is counted instead.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            if (_leftOut == 0 && (_written == 0 || _time.GetElapsedTime(_start) >= Period))
            {
                (_start, _written) = (_time.GetTimestamp(), 0);
            }

            if (_written < Lines)
            {
                _written++;
                return true;
            }

            if (_leftOut++ == 0)
            {
                _timer.Change(Period - _time.GetElapsedTime(_start), Timeout.InfiniteTimeSpan);
            }

            return false;
        }
    }

    /// <summary>Tells what it has not told yet.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        EndPeriod();
    }

    private void EndPeriod()
    {
        long leftOut;
        lock (_lock)
        {
            (leftOut, _leftOut, _written) = (_leftOut, 0, 0);
        }

        if (leftOut > 0)
        {
            _tell(leftOut);
        }
    }
}
