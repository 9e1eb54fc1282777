using Reranker.Inference.Costs;

namespace Reranker.TestKit.Engines;

/// <summary>A fixed time a batch and a token, which never learns.</summary>
public sealed class LinearCost(double microsecondsPerToken, double microsecondsPerBatch = 0, int lanes = 1) : ICostModel
{
    /// <inheritdoc/>
    public double TokensPerSecond => lanes * 1e6 / microsecondsPerToken;

    /// <inheritdoc/>
    public double PredictMicroseconds(ReadOnlySpan<int> pairLengths)
    {
        double tokens = 0;
        foreach (var length in pairLengths)
        {
            tokens += length;
        }

        return pairLengths.IsEmpty ? 0 : microsecondsPerBatch + (tokens * microsecondsPerToken);
    }

    /// <inheritdoc/>
    public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
    {
    }
}
