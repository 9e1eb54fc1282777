using System.Diagnostics.CodeAnalysis;

namespace Reranker.Attempts;

/// <summary>Attempts at one thing that have not ended, oldest first. Used by one race at a time.</summary>
/// <typeparam name="TAttempt">What is known of an attempt.</typeparam>
/// <typeparam name="TEnd">What it ends with.</typeparam>
internal sealed class RunningAttempts<TAttempt, TEnd>
{
    private readonly List<(TAttempt Attempt, Task<TEnd> End)> _running = new(1);

    /// <summary>Number of them.</summary>
    public int Count => _running.Count;

    /// <summary>The one that was added last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public TAttempt Newest => _running[^1].Attempt;

    /// <summary>One of them, from 0.</summary>
    public TAttempt this[int index] => _running[index].Attempt;

    /// <summary>Adds one that was started.</summary>
    public void Add(TAttempt attempt, Task<TEnd> end) => _running.Add((attempt, end));

    /// <summary>
    /// Ends when one of them has ended, the time is over or the token is cancelled; which it was,
    /// <see cref="TryTakeEnded"/>, the clock and the token say, so that nothing has to be thrown and caught. Await it without its exceptions.
    /// </summary>
    /// <param name="patience">Longest time; infinite is allowed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Ends the wait, and none of the attempts.</param>
    public Task WaitForAnyAsync(TimeSpan patience, TimeProvider time, CancellationToken stop)
        => WhenAnyEnds().WaitAsync(patience, time, stop);

    /// <summary>Ends when one of them has ended, or an answer is there that is waited for beside them.</summary>
    public Task WaitForAnyAsync(Task answer, CancellationToken stop) => Task.WhenAny(WhenAnyEnds(), answer).WaitAsync(stop);

    /// <summary>Takes out the oldest one that has ended.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="end">Its end, a task that is complete.</param>
    public bool TryTakeEnded([MaybeNullWhen(false)] out TAttempt attempt, [NotNullWhen(true)] out Task<TEnd>? end)
    {
        for (var i = 0; i < _running.Count; i++)
        {
            if (_running[i].End.IsCompleted)
            {
                (attempt, end) = _running[i];
                _running.RemoveAt(i);
                return true;
            }
        }

        (attempt, end) = (default, null);
        return false;
    }

    /// <summary>Takes all of them out, and hands each one's end to whoever still wants to hear of it.</summary>
    public void HandOverAll(Action<Task<TEnd>> release)
    {
        foreach (var (_, end) in _running)
        {
            release(end);
        }

        _running.Clear();
    }

    /// <summary>Takes all of them out. What they throw later is nobody's concern any more.</summary>
    public void AbandonAll()
    {
        foreach (var (_, end) in _running)
        {
            _ = end.ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        _running.Clear();
    }

    private Task WhenAnyEnds() => _running.Count == 1 ? _running[0].End : Task.WhenAny(_running.ConvertAll(static Task (r) => r.End));
}
