using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Reranker.Grains.Tests.Dispatch.Fakes;

/// <summary>
/// Runs code one step at a time on the calling thread, as a grain's scheduler does, and lets virtual time pass when it has
/// nothing more to do.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="isWorkElsewhere">
/// True while the code under test has work on the thread pool that ends by itself: no time passes meanwhile, or a busy
/// machine would make seconds of it.
/// </param>
internal sealed class Pump(FakeTimeProvider time, Func<bool> isWorkElsewhere) : SynchronizationContext
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    /// <summary>Runs until the task is done; its result.</summary>
    public T Run<T>(Func<Task<T>> start)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = start();
            Until(() => task.IsCompleted, TimeSpan.FromMinutes(10));
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Goes on for so long.</summary>
    public void Continue(TimeSpan duration)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var end = time.GetUtcNow() + duration;
            Until(() => time.GetUtcNow() >= end && _posted.IsEmpty, duration + Step);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private void Until(Func<bool> isDone, TimeSpan limit)
    {
        var end = time.GetUtcNow() + limit;
        while (!isDone())
        {
            if (_posted.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
            else if (isWorkElsewhere())
            {
                Thread.Yield();
            }
            else
            {
                Assert.True(time.GetUtcNow() <= end, "it does not end");
                time.Advance(Step);
            }
        }
    }
}
