namespace Reranker.Simulation.Time;

/// <summary>What happens when; events of one moment happen in the order in which they were planned.</summary>
internal sealed class EventQueue(VirtualTime time)
{
    private readonly PriorityQueue<Action, (long Ticks, long Order)> _events = new();
    private long _order;

    /// <summary>Time since the simulation began.</summary>
    public TimeSpan Now => time.Now;

    /// <summary>Plans an event.</summary>
    public void PlanAfter(TimeSpan delay, Action happen) => PlanAt(time.Now + delay, happen);

    /// <summary>Plans an event.</summary>
    public void PlanAt(TimeSpan moment, Action happen) => _events.Enqueue(happen, (moment.Ticks, _order++));

    /// <summary>Lets everything happen up to that moment.</summary>
    public void RunUntil(TimeSpan end)
    {
        while (_events.TryPeek(out var happen, out var key) && key.Ticks <= end.Ticks)
        {
            _events.Dequeue();
            time.MoveTo(TimeSpan.FromTicks(key.Ticks));
            happen();
        }

        time.MoveTo(end);
    }
}
