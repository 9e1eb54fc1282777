namespace Reranker.LoadTest.Results;

/// <summary>What the workers say of themselves over the whole run, warm-up included.</summary>
/// <param name="ScoredTokens">Tokens that engines ran, padding not counted.</param>
/// <param name="PaddingTokens">Padding that they ran.</param>
/// <param name="Batches">Runs.</param>
/// <param name="BusyShare">Share of the time that devices were busy, mean over the workers. The lanes of a CPU add up, to 2 on two cores.</param>
/// <param name="Workers">Workers that were seen.</param>
internal sealed record EngineReport(double ScoredTokens, double PaddingTokens, double Batches, double BusyShare, int Workers)
{
    /// <summary>Tokens that were scored and are in no answer. Below 0 where equal passages are scored once.</summary>
    public double WastedTokens { get; init; }
}
