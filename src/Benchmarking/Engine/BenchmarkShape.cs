using Reranker.Inference.Engines.Calibration;

namespace Reranker.Benchmarking.Engine;

/// <summary>Pairs that are scored together.</summary>
/// <param name="Name">Name in tables, for example <c>8×128</c>.</param>
/// <param name="Lengths">Tokens of each pair.</param>
public sealed record BenchmarkShape(string Name, IReadOnlyList<int> Lengths)
{
    /// <summary>Tokens of the longest pair of the published ragged batches.</summary>
    public const int RaggedLongest = 512;

    /// <summary>Pairs of one length.</summary>
    public static BenchmarkShape CreateDense(int pairs, int length)
        => new(FormattableString.Invariant($"{pairs}×{length}"), [.. Enumerable.Repeat(length, pairs)]);

    /// <summary>
    /// Pairs of natural lengths: log-normal around a mean of 135 tokens before clipping to 24 … <paramref name="longest"/>,
    /// with one pair of exactly <paramref name="longest"/>. The same seed gives the same lengths everywhere.
    /// </summary>
    public static BenchmarkShape CreateRagged(int pairs, int longest, int seed)
    {
        var random = new Random(seed);
        var lengths = NaturalLengths.CreateForPairs(longest).DrawLengths(random, pairs);
        lengths[random.Next(pairs)] = longest;
        return new BenchmarkShape(FormattableString.Invariant($"ragged {pairs}, longest {longest}"), lengths);
    }

    /// <summary>The shapes of the published tables, without those that have a pair longer than the engine takes.</summary>
    public static IReadOnlyList<BenchmarkShape> ListStandard(int maxPairTokens) =>
    [
        .. new[]
        {
            CreateDense(1, 128), CreateDense(8, 128), CreateDense(16, 128), CreateDense(32, 128), CreateDense(128, 128),
            CreateDense(8, 512), CreateDense(16, 512), CreateDense(32, 512), CreateDense(128, 512), CreateDense(100, 256),
            CreateRagged(32, RaggedLongest, seed: 32), CreateRagged(128, RaggedLongest, seed: 128), CreateRagged(1000, RaggedLongest, seed: 1000),
        }.Where(s => s.Lengths.Max() <= maxPairTokens),
    ];
}
