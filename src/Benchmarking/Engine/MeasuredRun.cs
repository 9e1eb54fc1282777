namespace Reranker.Benchmarking.Engine;

/// <summary>One run of a shape: what it held, what it should have cost and what it did.</summary>
/// <param name="Rows">Pairs.</param>
/// <param name="Longest">Tokens of its longest pair.</param>
/// <param name="Tokens">Tokens of all its pairs, padding not counted.</param>
/// <param name="PredictedMilliseconds">What the cost table said.</param>
/// <param name="Milliseconds">Median time among the shape's other runs, as in real work.</param>
/// <param name="RepeatedMilliseconds">Median time when it runs again and again; what is above it is the price of changing shapes.</param>
public sealed record MeasuredRun(
    int Rows, int Longest, int Tokens, double PredictedMilliseconds, double Milliseconds, double RepeatedMilliseconds);
