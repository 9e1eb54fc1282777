using System.Diagnostics.CodeAnalysis;
using Reranker.Inference.Scoring;

namespace Reranker.Inference.Batching;

/// <summary>
/// The works of a queue that have no outcome yet, running ones included: by request, and by the moment from which they cannot
/// end in time any more. Not thread-safe.
/// </summary>
internal sealed class UnfinishedItems
{
    private readonly Dictionary<Guid, List<QueuedItem>> _requests = [];
    private readonly PriorityQueue<QueuedItem, long> _lastChances = new();

    public int Count { get; private set; }

    public void AddItem(QueuedItem work, long lastChance)
    {
        if (!_requests.TryGetValue(work.Item.RequestId, out var works))
        {
            _requests.Add(work.Item.RequestId, works = new List<QueuedItem>(1));
        }

        works.Add(work);
        _lastChances.Enqueue(work, lastChance);
        Count++;
    }

    /// <summary>A work has its outcome.</summary>
    public void RemoveItem(QueuedItem work)
    {
        if (_requests.TryGetValue(work.Item.RequestId, out var works) && works.Remove(work))
        {
            Count--;
            if (works.Count == 0)
            {
                _requests.Remove(work.Item.RequestId);
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
    public RequestStage FindStage(Guid requestId)
        => !_requests.TryGetValue(requestId, out var works) ? RequestStage.Absent
            : works.Exists(static w => w.WaitingTokens > 0) ? RequestStage.Waiting
            : RequestStage.Running;

    /// <summary>The works of one request.</summary>
    public QueuedItem[] ListItemsOfRequest(Guid requestId) => _requests.TryGetValue(requestId, out var works) ? [.. works] : [];

    public QueuedItem[] ListAll() => [.. _requests.Values.SelectMany(static w => w)];

    /// <summary>Takes a work whose last chance is over, if there is one. It is not looked at again unless <see cref="AddLastChance"/> says so.</summary>
    public bool TryTakePastLastChance(long now, [NotNullWhen(true)] out QueuedItem? work)
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
    public void AddLastChance(QueuedItem work, long lastChance) => _lastChances.Enqueue(work, lastChance);
}
