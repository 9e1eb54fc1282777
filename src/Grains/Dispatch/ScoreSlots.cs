namespace Reranker.Grains.Dispatch;

/// <summary>
/// The logits of one request, one slot a sub-batch. A slot is written once: scoring has no side effects, so however
/// often a sub-batch is executed, its first answer counts and later ones are dropped.
/// </summary>
/// <param name="passages">Passages of the request.</param>
/// <param name="subBatches">Sub-batches of its plan.</param>
/// <param name="filled">Hears of each sub-batch whose slot was filled; null when nobody wants to know before all are.</param>
internal sealed class ScoreSlots(int passages, int subBatches, ScoresFilled? filled = null)
{
    private readonly Lock _lock = new();
    private readonly bool[] _filled = new bool[subBatches];
    private readonly float[] _logits = new float[passages];
    private int _left = subBatches;
    private WorkerTimes _slowest;
    private long _longest;

    /// <summary>True when every slot is filled.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_lock)
            {
                return _left == 0;
            }
        }
    }

    /// <summary>Queue time of the slowest sub-batch, in microseconds.</summary>
    public long QueueMicroseconds => _slowest.Queue;

    /// <summary>Inference time of the slowest sub-batch, in microseconds.</summary>
    public long InferenceMicroseconds => _slowest.Inference;

    /// <summary>Longest time that a sub-batch was with its worker, in microseconds.</summary>
    public long WorkerMicroseconds => _longest;

    /// <summary>Fills a sub-batch's slot; false when it was filled before, and then nothing changes.</summary>
    public bool TryFill(SubBatch subBatch, ReadOnlySpan<float> logits, WorkerTimes times)
    {
        lock (_lock)
        {
            if (_filled[subBatch.Index])
            {
                return false;
            }

            _filled[subBatch.Index] = true;
            for (var i = 0; i < logits.Length; i++)
            {
                _logits[subBatch.Passages[i]] = logits[i];
            }

            if (times.Queue + times.Inference >= _slowest.Queue + _slowest.Inference)
            {
                _slowest = times;
            }

            _longest = Math.Max(_longest, times.Total);
            _left--;
        }

        filled?.Invoke(subBatch.Passages, logits);
        return true;
    }

    /// <summary>The logits in the request's order.</summary>
    /// <exception cref="InvalidOperationException">A slot is not filled.</exception>
    public float[] GetCompleteLogits()
        => IsComplete ? _logits : throw new InvalidOperationException("A sub-batch has no result.");
}
