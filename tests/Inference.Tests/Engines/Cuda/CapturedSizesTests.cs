using CsCheck;
using Reranker.Inference.Engines.Cuda;

namespace Reranker.Inference.Tests.Engines.Cuda;

public sealed class CapturedSizesTests
{
    [Fact]
    public void Sizes_are_close_where_a_run_is_short()
        => Assert.Equal(
            [64, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1152, 1280, 1408, 1536, 1664, 1792, 1920, 2048, 2304, 2560],
            CapturedSizes.ListSizes(2560));

    [Fact]
    public void Every_batch_fits_into_its_size_and_into_no_smaller_one() => Gen.Int[1, 4096].Sample(
        tokens =>
        {
            var size = CapturedSizes.RoundUp(tokens);
            Assert.InRange(tokens, 1, size);
            Assert.Equal(CapturedSizes.ListSizes(4096).First(s => s >= tokens), size);
        }, seed: "0001m4vAXYm3", iter: 500, threads: 1);

    [Fact]
    public void Every_batch_within_the_largest_size_gets_a_size_that_was_captured() => Gen.Int[0, 8192].Sample(
        most =>
        {
            var sizes = CapturedSizes.ListSizes(most).ToArray();
            Assert.Equal(sizes.LastOrDefault(), CapturedSizes.RoundDown(most));
            Assert.All(Enumerable.Range(1, CapturedSizes.RoundDown(most)), tokens => Assert.Contains(CapturedSizes.RoundUp(tokens), sizes));
        }, seed: "0001m4vAXYm3", iter: 100, threads: 1);

    [Fact]
    public void Pairs_that_are_missing_are_empty_and_start_at_a_token_that_exists()
    {
        const int Slots = 40;
        ReadOnlyMemory<int>[] pairs = [new int[5], new int[1], new int[8]];
        var starts = Enumerable.Repeat(-1, Slots + 1).ToArray();

        CapturedSizes.WriteSequenceStarts(pairs, Slots, starts);

        Assert.All(starts[..(Slots - 3)], start => Assert.Equal(0, start));
        Assert.Equal([0, 5, 6, 14], starts[(Slots - 3)..]);
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(2048, 32)]
    [InlineData(2304, 36)]
    [InlineData(8192, 128)]
    public void Larger_runs_take_more_pairs(int size, int pairs) => Assert.Equal(pairs, CapturedSizes.CountPairs(size));
}
