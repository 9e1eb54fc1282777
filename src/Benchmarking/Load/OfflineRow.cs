namespace Reranker.Benchmarking.Load;

/// <summary>The offline rate with one budget.</summary>
/// <param name="MaxTokens">Most tokens of a run, padding counted where the form pads.</param>
/// <param name="Runs">Runs that it made of the pairs.</param>
/// <param name="PairsPerSecond">Pairs a second.</param>
public sealed record OfflineRow(int MaxTokens, int Runs, double PairsPerSecond);
