namespace Reranker.Grains.Dispatch;

/// <summary>
/// The logits of one request, one slot a sub-batch. A slot is written once: scoring has no side effects, so however
/// often a sub-batch is executed, its first answer counts and later ones are dropped.
/// </summary>
internal sealed class ScoreSlots(int passages, int subBatches)
{
    private readonly Lock _lock = new();
    private readonly bool[] _filled = new bool[subBatches];
    private readonly float[] _logits = new float[passages];
    private int _left = subBatches;
    private long _queue;
    private long _inference;

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
    public long QueueMicroseconds => _queue;

    /// <summary>Inference time of the slowest sub-batch, in microseconds.</summary>
    public long InferenceMicroseconds => _inference;

    /// <summary>Fills a sub-batch's slot; false when it was filled before, and then nothing changes.</summary>
    public bool TryFill(SubBatch subBatch, ReadOnlySpan<float> logits, long queueMicroseconds, long inferenceMicroseconds)
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

            if (queueMicroseconds + inferenceMicroseconds >= _queue + _inference)
            {
                (_queue, _inference) = (queueMicroseconds, inferenceMicroseconds);
            }

            _left--;
            return true;
        }
    }

    /// <summary>The logits in the request's order.</summary>
    /// <exception cref="InvalidOperationException">A slot is not filled.</exception>
    public float[] TakeLogits()
        => IsComplete ? _logits : throw new InvalidOperationException("A sub-batch has no result.");
}
