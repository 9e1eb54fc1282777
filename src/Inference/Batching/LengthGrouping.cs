using Reranker.Inference.Costs;

namespace Reranker.Inference.Batching;

/// <summary>
/// Cuts lengths, sorted ascending, into consecutive groups so that the sum of the groups' predicted times is smallest.
/// Dynamic programming over prefixes: O(n × rows of the largest group) predictions. Consecutive groups are enough, because
/// a group costs by its rows and its longest pair, and both fall or stay when two groups swap pairs to become consecutive.
/// A group takes the target time, or twice that of its longest pair alone where the target is less than what a run costs
/// whatever is in it: one pair a run would be the slowest way of all.
/// </summary>
internal sealed class LengthGrouping
{
    private double[] _best = [];
    private int[] _start = [];

    /// <summary>Predicted time of all groups, in microseconds.</summary>
    public double FindFastestGroups(ReadOnlySpan<int> lengths, IPaddedCostModel cost, BatchLimits limits)
    {
        if (_best.Length <= lengths.Length)
        {
            _best = new double[lengths.Length + 1];
            _start = new int[lengths.Length + 1];
        }

        for (var end = 1; end <= lengths.Length; end++)
        {
            var longest = lengths[end - 1];
            var most = limits.TargetMicroseconds;
            _best[end] = double.PositiveInfinity;
            for (var start = end - 1; start >= 0; start--)
            {
                var rows = end - start;
                var time = cost.PredictMicroseconds(rows, longest);
                most = rows == 1 ? Math.Max(most, 2 * time) : most;
                var allowed = rows == 1
                    || (rows <= limits.MaxPairs && (long)rows * longest <= limits.MaxTokens && time <= most);
                if (!allowed)
                {
                    break;
                }

                if (_best[start] + time < _best[end])
                {
                    (_best[end], _start[end]) = (_best[start] + time, start);
                }
            }
        }

        return lengths.IsEmpty ? 0 : _best[lengths.Length];
    }

    /// <summary>The group that holds position <paramref name="index"/> of the <paramref name="count"/> lengths solved last.</summary>
    public Range FindGroup(int index, int count)
    {
        var end = count;
        while (_start[end] > index)
        {
            end = _start[end];
        }

        return _start[end]..end;
    }
}
