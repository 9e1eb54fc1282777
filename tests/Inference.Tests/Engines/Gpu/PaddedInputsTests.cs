using CsCheck;
using Reranker.Inference.Engines.Gpu;

namespace Reranker.Inference.Tests.Engines.Gpu;

public sealed class PaddedInputsTests
{
    [Fact]
    public void Rows_are_ids_then_padding_and_the_mask_says_which() => Gen.Select(
        PairsGen.Batches(mostPairs: 10, longest: 30), Gen.Int[0, 9]).Sample(
        (pairs, extra) =>
        {
            var width = pairs.Max(p => p.Length) + extra;
            long[] ids = [.. Enumerable.Repeat(-7L, pairs.Length * width)], mask = [.. ids];

            PaddedInputs.WriteRows(pairs, width, ids, mask);

            for (var row = 0; row < pairs.Length; row++)
            {
                var length = pairs[row].Length;
                Assert.Equal(
                    pairs[row].ToArray().Select(i => (long)i).Concat(Enumerable.Repeat(1L, width - length)), ids[(row * width)..((row + 1) * width)]);
                Assert.Equal(
                    Enumerable.Repeat(1L, length).Concat(Enumerable.Repeat(0L, width - length)), mask[(row * width)..((row + 1) * width)]);
            }
        }, seed: "0001m4vAXYm3", iter: 200, threads: 1);
}
