using System.Diagnostics.CodeAnalysis;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Batching;

/// <summary>
/// The works of a queue that have no outcome yet, running ones included: by request, and by the moment from which they cannot
/// end in time any more. Not thread-safe.
/// </summary>
internal sealed class UnfinishedWorks
{
    private readonly Dictionary<Guid, List<QueuedWork>> _requests = [];
    private readonly PriorityQueue<QueuedWork, long> _lastChances = new();

    public int Count { get; private set; }

    public void Add(QueuedWork work, long lastChance)
    {
        if (!_requests.TryGetValue(work.Work.RequestId, out var works))
        {
            _requests.Add(work.Work.RequestId, works = new List<QueuedWork>(1));
        }

        works.Add(work);
        _lastChances.Enqueue(work, lastChance);
        Count++;
    }

    /// <summary>A work has its outcome.</summary>
    public void Remove(QueuedWork work)
    {
        if (_requests.TryGetValue(work.Work.RequestId, out var works) && works.Remove(work))
        {
            Count--;
            if (works.Count == 0)
            {
                _requests.Remove(work.Work.RequestId);
            }
        }

        // Deadlines are minutes away and works are done in milliseconds: without this the done ones would pile up.
        if (_lastChances.Count > 64 + (2 * Count))
        {
            var live = _lastChances.UnorderedItems.Where(e => !e.Element.IsDone).ToArray();
            _lastChances.Clear();
            _lastChances.EnqueueRange(live);
        }
    }

    /// <summary>Where the unfinished pairs of a request are: those that wait count before those that run.</summary>
    public WorkPlace FindPlace(Guid requestId)
        => !_requests.TryGetValue(requestId, out var works) ? WorkPlace.Nowhere
            : works.Exists(static w => w.WaitingTokens > 0) ? WorkPlace.Queue
            : WorkPlace.Device;

    /// <summary>The works of one request.</summary>
    public QueuedWork[] ListRequest(Guid requestId) => _requests.TryGetValue(requestId, out var works) ? [.. works] : [];

    public QueuedWork[] ListAll() => [.. _requests.Values.SelectMany(static w => w)];

    /// <summary>Takes a work whose last chance is over, if there is one. It is not looked at again unless <see cref="WatchAgain"/> says so.</summary>
    public bool TryTakeOverdue(long now, [NotNullWhen(true)] out QueuedWork? work)
    {
        if (_lastChances.TryPeek(out work, out var due) && due < now)
        {
            _lastChances.Dequeue();
            return true;
        }

        work = null;
        return false;
    }

    /// <summary>The work has a later last chance.</summary>
    public void WatchAgain(QueuedWork work, long lastChance) => _lastChances.Enqueue(work, lastChance);
}
