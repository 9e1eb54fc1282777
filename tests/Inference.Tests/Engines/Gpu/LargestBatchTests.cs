using CsCheck;
using Reranker.Inference.Batching.Costs;
using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Tests.Engines.Gpu;

public sealed class LargestBatchTests
{
    private static readonly Gen<CostLimits> Limits =
        from pair in Gen.Int[8, 8192]
        from pairs in Gen.Int[1, 300]
        from tokens in Gen.Int[pair, 70_000]
        select new CostLimits(pair, pairs, tokens, Lanes: 1);

    [Fact]
    public void The_default_batch_uses_every_token_in_pairs_of_natural_lengths()
    {
        var lengths = LargestBatch.Ragged(new CostLimits(8192, 256, 16_384, 1));

        Assert.Equal((16_384, 128, 512), (lengths.Sum(), lengths.Length, lengths.Max()));
    }

    [Fact]
    public void The_largest_batch_is_one_that_the_engine_takes_and_none_is_larger() => Limits.Sample(
        limits =>
        {
            var lengths = LargestBatch.Ragged(limits);

            Assert.All(lengths, n => Assert.InRange(n, 1, limits.MaxPairTokens));
            Assert.InRange(lengths.Length, 1, limits.MaxBatchPairs);
            Assert.Equal(Math.Min(limits.MaxBatchTokens, (long)limits.MaxPairTokens * limits.MaxBatchPairs), lengths.Sum());
        }, seed: "0001m4vAXYm3", iter: 500, threads: 1);
}
