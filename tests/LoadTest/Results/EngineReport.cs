namespace Reranker.LoadTest.Results;

/// <summary>What the hosts say of their workers and of themselves over the whole run, warm-up included.</summary>
/// <param name="ScoredTokens">Tokens that engines ran, padding not counted.</param>
/// <param name="PaddingTokens">Padding that they ran.</param>
/// <param name="Batches">Runs.</param>
/// <param name="BusyShare">Share of the time that devices were busy, mean over the workers. The lanes of a CPU add up, to 2 on two cores.</param>
/// <param name="Workers">Workers that were seen.</param>
internal sealed record EngineReport(double ScoredTokens, double PaddingTokens, double Batches, double BusyShare, int Workers)
{
    /// <summary>Managed memory that each process allocated, by its address, in bytes; what it does beside requests is in it.</summary>
    public IReadOnlyDictionary<string, double> AllocatedBytes { get; init; } = new Dictionary<string, double>();

    /// <summary>The same for each request that ended, however it did.</summary>
    public IReadOnlyDictionary<string, double> AllocatedBytesPerRequest { get; init; } = new Dictionary<string, double>();

    /// <summary>Tokens that were scored and are in no answer. Below 0 where equal passages are scored once.</summary>
    public double WastedTokens { get; init; }
}
