namespace Reranker.Tool.Bulk;

/// <summary>How far a batch is. Thread-safe.</summary>
/// <param name="total">Lines of the file that are not empty.</param>
/// <param name="before">Lines that an earlier run has scored.</param>
internal sealed class BulkTally(long total, long before)
{
    private long _scored;
    private long _failed;

    public long Total => total;

    /// <summary>Lines that have scores, those of earlier runs too.</summary>
    public long Scored => before + Interlocked.Read(ref _scored);

    /// <summary>Lines that got an error in this run.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Lines of this run that have ended.</summary>
    public long Ended => Interlocked.Read(ref _scored) + Interlocked.Read(ref _failed);

    public void AddResult(bool isScored)
    {
        if (isScored)
        {
            Interlocked.Increment(ref _scored);
        }
        else
        {
            Interlocked.Increment(ref _failed);
        }
    }
}
