using Reranker.Inference.Costs;

namespace Reranker.Inference.Engines.Scripted;

/// <summary>The script itself: nothing to measure and nothing to learn.</summary>
internal sealed class ScriptedCostModel(ScriptedEngineOptions script) : ICostModel
{
    private const int TypicalLength = 128;

    public double TokensPerSecond
    {
        get
        {
            var pairs = Math.Clamp(script.MaxBatchTokens / TypicalLength, 1, script.MaxBatchPairs);
            return script.Lanes * pairs * TypicalLength / Math.Max(1e-6, ComputeMicroseconds(pairs, (long)pairs * TypicalLength) / 1e6);
        }
    }

    public double PredictMicroseconds(ReadOnlySpan<int> pairLengths)
    {
        long tokens = 0;
        foreach (var length in pairLengths)
        {
            tokens += length;
        }

        return pairLengths.IsEmpty ? 0 : ComputeMicroseconds(pairLengths.Length, tokens);
    }

    public void ObserveRun(ReadOnlySpan<int> pairLengths, double microseconds)
    {
    }

    public double ComputeMicroseconds(int pairs, long tokens)
        => script.BatchTime.TotalMicroseconds
            + (script.PairsPerSecond > 0 ? pairs * 1e6 / script.PairsPerSecond : 0)
            + (script.TokensPerSecond > 0 ? tokens * 1e6 / script.TokensPerSecond : 0);
}
