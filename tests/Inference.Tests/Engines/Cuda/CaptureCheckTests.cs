using Reranker.Inference.Engines.Cuda;

namespace Reranker.Inference.Tests.Engines.Cuda;

public sealed class CaptureCheckTests
{
    // A batch that is not taken would count as one that could not be captured, and the engine would do without.
    [Theory]
    [InlineData(10)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(8192)]
    public void Every_batch_that_is_compared_is_one_that_a_captured_run_takes(int longest)
    {
        var random = new Random(longest);
        foreach (var size in CapturedSizes.ListSizes(16_384))
        {
            for (var most = 1; most <= Math.Min(longest, size); most += 1 + (most / 2))
            {
                var pairs = CaptureCheck.CreatePairs(random, size, most, vocabulary: 9);

                var tokens = pairs.Sum(p => p.Length);
                Assert.InRange(tokens, 1, size);
                Assert.InRange(pairs.Length, 1, CapturedSizes.CountPairs(CapturedSizes.RoundUp(tokens)));
            }

            Assert.Equal(size, CaptureCheck.CreatePairs(random, size, Math.Max(longest, 64), vocabulary: 9).Sum(p => p.Length));
        }
    }

    [Fact]
    public void Each_size_is_replayed_with_other_pairs_than_it_was_captured_with_and_whole_pairs_are_among_them()
    {
        var random = new Random(1);
        int[] sizes = [.. CapturedSizes.ListSizes(8192)];
        var chosen = sizes.Select((size, place) => CaptureCheck.ChooseLongest(random, place, size, place == sizes.Length - 1)).ToArray();

        Assert.All(chosen, c => Assert.Equal(2, c.Length));
        Assert.All(chosen, c => Assert.InRange(c[0], 64, 511));
        Assert.All(sizes.Zip(chosen), c => Assert.InRange(c.Second[1], 1, c.First));
        Assert.Equal(8191, chosen[^1][1]);
        Assert.InRange(sizes.Zip(chosen).Count(c => c.Second[1] == c.First - 1), sizes.Length / 4, sizes.Length / 3);
    }
}
