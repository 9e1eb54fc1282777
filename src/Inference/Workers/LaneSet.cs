using Reranker.Inference.Batching;

namespace Reranker.Inference.Workers;

/// <summary>The lanes of one runner as one: what runs on its device, and for how long still.</summary>
internal sealed class LaneSet
{
    // Two batches in the air where runs go one after another: while one is on the device, the next is formed and staged.
    private const int LanesOfOneTurn = 2;
    private const double MinLead = 1000;
    private const double LeadShare = 0.1;

    private readonly bool _sharesTurn;
    private readonly LaneThread[] _lanes;

    /// <param name="worker">Ordinal of the worker, for the threads' names.</param>
    /// <param name="shared">What the lanes share.</param>
    public LaneSet(int worker, LaneResources shared)
    {
        var engine = shared.Engine.Description;
        _sharesTurn = engine.Lanes == 1;
        _lanes =
        [
            .. Enumerable.Range(0, _sharesTurn ? LanesOfOneTurn : engine.Lanes)
                .Select(i => new LaneThread(shared, $"worker-{worker}/{engine.ModelName}/lane-{i}")),
        ];
    }

    /// <summary>Completes when every thread has left the engine for good.</summary>
    public Task Ended => Task.WhenAll(_lanes.Select(l => l.Ended));

    // Time until the batches of all lanes are done: one after another where they share a turn, side by side where each has its own.
    public double InFlightMicroseconds => _sharesTurn ? _lanes.Sum(l => l.Running.Remaining) : _lanes.Max(l => l.Running.Remaining);

    /// <summary>
    /// Time until a batch should be formed ahead; null while nobody knows. Forming and laying out take a fraction of a
    /// millisecond; predictions err by some per cent, and a run that ends before its time finds a lane that forms the batch then.
    /// A lane that has its turn and still forms its batch expects no end yet: taken for the end of a run, that moment would have
    /// the next batch formed a whole run too early.
    /// </summary>
    public TimeSpan? TimeUntilEarly
    {
        get
        {
            double? longest = null;
            foreach (var lane in _lanes)
            {
                if (lane.Running.Expected is { Predicted: > 0 } expected)
                {
                    var lead = Math.Max(MinLead, expected.Predicted * LeadShare);
                    longest = Math.Max(longest ?? 0, expected.UntilEnd - lead);
                }
            }

            return longest is { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;
        }
    }

    /// <summary>The run that is the most overdue: microseconds that it has taken, and should take; zeros when nothing runs.</summary>
    public (double Elapsed, double Predicted) FindMostOverdue()
        => _lanes.Select(l => l.Running.Progress).MaxBy(p => p.Predicted > 0 ? p.Elapsed - p.Predicted : double.NegativeInfinity);

    /// <summary>The lanes were watched for another while: does one of them have a run that hangs?</summary>
    public bool WatchForHungRun(long watched, double timesPredicted, TimeSpan atLeast)
        => Array.Exists(_lanes, l => l.Running.WatchForHang(watched, timesPredicted, atLeast.TotalMicroseconds));

    /// <summary>Takes every lane's buffers on the device; where one cannot have them, all give theirs back.</summary>
    public void OpenLanes()
    {
        try
        {
            Array.ForEach(_lanes, l => l.CreateLane());
        }
        catch
        {
            CloseLanes();
            throw;
        }
    }

    /// <summary>Takes <see cref="OpenLanes"/> back; for lanes that were not started.</summary>
    public void CloseLanes() => Array.ForEach(_lanes, l => l.DisposeLane());

    public void StartLanes() => Array.ForEach(_lanes, l => l.StartThread());

    /// <summary>Puts back what every lane has, for good.</summary>
    public void ReturnAllPairs()
    {
        foreach (var lane in _lanes)
        {
            ModelQueue.ReturnToOwnQueues(lane.Running.AbandonAndTakePairs());
        }
    }
}
