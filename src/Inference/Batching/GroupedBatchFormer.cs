using Reranker.Inference.Costs;

namespace Reranker.Inference.Batching;

/// <summary>
/// For padded forms: looks at a window of pairs in the order of their turns, cuts it into groups of like lengths, and takes
/// one group. That is the group of the pair whose turn it is, so nobody is passed over twice without having become first,
/// unless another pair of the window would miss its latest start by it. The rest of the window goes back.
/// </summary>
internal sealed class GroupedBatchFormer(IPaddedCostModel cost, int window) : IBatchFormer
{
    private readonly QueuedPair[] _window = new QueuedPair[window];
    private readonly QueuedPair[] _rest = new QueuedPair[window];
    private readonly (int Length, int Turn)[] _sorted = new (int Length, int Turn)[window];
    private readonly int[] _lengths = new int[window];
    private readonly LengthGrouping _grouping = new();
    private int _count;

    public bool GivesBack => true;

    public void FormBatch(ModelQueue queue, Batch batch, BatchLimits limits)
    {
        _count = 0;
        queue.TakeWhile(static (former, pair) => former.TryAddToWindow(pair), this);
        if (_count == 0)
        {
            return;
        }

        Range group;
        try
        {
            group = ChooseGroup(queue.Clock.Now, limits with { MaxPairs = Math.Min(limits.MaxPairs, batch.Capacity) });
        }
        catch
        {
            // The window is known here alone: what is not put back would be in no queue and in no batch.
            ReturnPairsOutside(queue, 0..0);
            throw;
        }

        for (var i = group.Start.Value; i < group.End.Value; i++)
        {
            batch.AddPair(_window[_sorted[i].Turn]);
        }

        ReturnPairsOutside(queue, group);
    }

    private Range ChooseGroup(long now, BatchLimits limits)
    {
        for (var turn = 0; turn < _count; turn++)
        {
            _sorted[turn] = (_window[turn].Length, turn);
        }

        Array.Sort(_sorted, 0, _count);
        for (var i = 0; i < _count; i++)
        {
            _lengths[i] = _sorted[i].Length;
        }

        _grouping.FindFastestGroups(_lengths.AsSpan(0, _count), cost, limits);
        return FindUrgentGroup(now);
    }

    private bool TryAddToWindow(QueuedPair pair)
    {
        if (_count == _window.Length)
        {
            return false;
        }

        _window[_count++] = pair;
        return true;
    }

    private Range FindUrgentGroup(long now)
    {
        var first = 0;
        var urgent = 0;
        for (var i = 0; i < _count; i++)
        {
            first = _sorted[i].Turn == 0 ? i : first;
            urgent = FindLatestStart(i) < FindLatestStart(urgent) ? i : urgent;
        }

        var group = _grouping.FindGroup(first, _count);
        var rows = group.End.Value - group.Start.Value;
        var end = now + (long)cost.PredictMicroseconds(rows, _lengths[group.End.Value - 1]);
        return FindLatestStart(urgent) < end ? _grouping.FindGroup(urgent, _count) : group;
    }

    private long FindLatestStart(int sorted) => _window[_sorted[sorted].Turn].Owner.LatestStart;

    private void ReturnPairsOutside(ModelQueue queue, Range group)
    {
        for (var i = group.Start.Value; i < group.End.Value; i++)
        {
            _window[_sorted[i].Turn] = default;
        }

        // Last taken, first returned: a work gives its pairs out again in the order in which it did.
        var rest = 0;
        for (var turn = _count - 1; turn >= 0; turn--)
        {
            if (_window[turn].Owner is not null)
            {
                _rest[rest++] = _window[turn];
            }
        }

        queue.ReturnPairs(_rest.AsSpan(0, rest));
        Array.Clear(_window, 0, _count);
        Array.Clear(_rest, 0, rest);
    }
}
