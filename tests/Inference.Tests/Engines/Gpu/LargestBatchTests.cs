using CsCheck;
using Reranker.Inference.Costs;
using Reranker.Inference.Engines;
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
        var lengths = LargestBatch.CreateRaggedLengths(new CostLimits(8192, 256, 16_384, 1));

        Assert.Equal((16_384, 128, 512), (lengths.Sum(), lengths.Length, lengths.Max()));
    }

    [Fact]
    public void The_largest_batch_is_one_that_the_engine_takes_and_none_is_larger() => Limits.Sample(
        limits =>
        {
            var lengths = LargestBatch.CreateRaggedLengths(limits);

            Assert.All(lengths, n => Assert.InRange(n, 1, limits.MaxPairTokens));
            Assert.InRange(lengths.Length, 1, limits.MaxBatchPairs);
            Assert.Equal(Math.Min(limits.MaxBatchTokens, (long)limits.MaxPairTokens * limits.MaxBatchPairs), lengths.Sum());
        }, seed: "0001m4vAXYm3", iter: 500, threads: 1);

    [Fact]
    public void Runs_that_may_be_at_once_are_tried_at_once()
    {
        using var meeting = new Barrier(3);

        LargestBatch.RunPacked(() => new MeetingLane(meeting), new CostLimits(512, 16, 4096, Lanes: 3));
    }

    [Fact]
    public void A_run_that_fails_beside_others_is_an_error()
        => Assert.Throws<EngineException>(() => LargestBatch.RunPacked(() => new MeetingLane(null), new CostLimits(512, 16, 4096, Lanes: 2)));

    /// <summary>A lane whose runs wait for those of the others.</summary>
    private sealed class MeetingLane(Barrier? meeting) : IEngineLane
    {
        public void Run(ReadOnlySpan<ReadOnlyMemory<int>> pairs, Span<float> logits)
        {
            if (meeting?.SignalAndWait(TimeSpan.FromSeconds(20)) != true)
            {
                throw new EngineException(EngineFault.OutOfMemory, "too large");
            }
        }

        public void Dispose()
        {
        }
    }
}
