namespace Reranker.Inference.Engines.Calibration;

/// <summary>A batch of pairs of equal lengths and random ids, to be timed.</summary>
internal sealed class UniformBatch
{
    private readonly ReadOnlyMemory<int>[] _pairs;
    private readonly float[] _logits;

    public UniformBatch(Random random, int vocabulary, int rows, int length)
    {
        (Rows, Length) = (rows, length);
        _pairs = [.. Enumerable.Range(0, rows).Select(_ => CreatePair(random, vocabulary, length))];
        _logits = new float[rows];
    }

    public int Rows { get; }

    public int Length { get; }

    public int Tokens => Rows * Length;

    /// <summary>Runs it; returns microseconds, never less than one.</summary>
    public double TimeRun(IEngineLane lane, TimeProvider time)
    {
        var start = time.GetTimestamp();
        lane.Run(_pairs, _logits);
        return Math.Max(1, time.GetElapsedTime(start).TotalMicroseconds);
    }

    private static ReadOnlyMemory<int> CreatePair(Random random, int vocabulary, int length)
    {
        var ids = new int[length];
        foreach (ref var id in ids.AsSpan(1))
        {
            id = random.Next(vocabulary);
        }

        return ids;
    }
}
