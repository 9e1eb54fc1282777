namespace Reranker.Inference.Batching;

/// <summary>What admission knows of the device: its rate, its running batches, and who helps.</summary>
/// <param name="TokensPerSecond">Rate of the whole device.</param>
/// <param name="InFlightMicroseconds">Time until the running batches are done.</param>
/// <param name="LongestPairMicroseconds">Predicted time of the work's longest pair alone.</param>
internal readonly record struct DeviceForecast(double TokensPerSecond, double InFlightMicroseconds, double LongestPairMicroseconds)
{
    /// <summary>Other devices that may take from this queue.</summary>
    public int Helpers { get; init; }

    /// <summary>Predicted time to work off so many tokens.</summary>
    public double PredictMicroseconds(long tokens) => TokensPerSecond > 0 ? tokens * 1e6 / TokensPerSecond : 0;

    /// <summary>Tokens that are worked off in so much time.</summary>
    public double PredictTokens(double microseconds) => TokensPerSecond > 0 ? TokensPerSecond * microseconds / 1e6 : double.PositiveInfinity;
}
