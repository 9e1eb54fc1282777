namespace Reranker.Inference.Costs;

/// <summary>
/// Predicts the time of a batch on one lane of this device from measurements made at warm-up, corrected by real runs.
/// Batching, splitting and expected finish times ask it, so that none of them needs constants of a card. Thread-safe.
/// </summary>
public interface ICostModel
{
    /// <summary>Predicted microseconds of one run with pairs of these token counts, in any order.</summary>
    double PredictMicroseconds(ReadOnlySpan<int> pairLengths);

    /// <summary>Learns from a real run.</summary>
    void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds);

    /// <summary>Tokens a second of the whole device, all lanes busy, on pairs of the recently seen lengths.</summary>
    double TokensPerSecond { get; }

    /// <summary>The measurements that it started from; null where it was not made of any.</summary>
    CostTable? Table => null;
}
