using CsCheck;
using Reranker.Inference.Engines.Cuda;

namespace Reranker.Inference.Tests.Engines.Cuda;

public sealed class PackedInputsTests
{
    private const int Untouched = -7;

    [Fact]
    public void The_packed_inputs_are_those_of_the_operator_s_documentation()
    {
        ReadOnlyMemory<int>[] pairs = [new[] { 50 }, new[] { 60, 61 }, new[] { 70, 71, 72, 73 }];

        var (shape, ids, positions, offsets, starts) = Build(new PackedInputs(), pairs);

        Assert.Equal(new PackedShape(Pairs: 3, Tokens: 7, Longest: 4), shape);
        Assert.Equal([50, 60, 61, 70, 71, 72, 73], ids);
        Assert.Equal([2, 2, 3, 2, 3, 4, 5], positions);
        Assert.Equal([0, 4, 5, 8, 9, 10, 11, 1, 2, 3, 6, 7], offsets);
        Assert.Equal([0, 1, 3, 7], starts);
    }

    [Fact]
    public void Unpacking_gives_the_pairs_back() => PairsGen.Batches(mostPairs: 12, longest: 40).List[1, 4].Sample(
        batches =>
        {
            // One instance for all, as in a lane: what an earlier batch left must not show.
            var inputs = new PackedInputs();
            foreach (var pairs in batches)
            {
                var (shape, ids, positions, offsets, starts) = Build(inputs, [.. pairs]);
                for (var i = 0; i < pairs.Length; i++)
                {
                    var range = starts[i]..starts[i + 1];
                    Assert.Equal(pairs[i].ToArray(), ids[range]);
                    Assert.Equal(Enumerable.Range(2, pairs[i].Length), positions[range]);
                    Assert.Equal(Enumerable.Range(i * shape.Longest, pairs[i].Length), offsets[range]);
                }

                Assert.Equal(Enumerable.Range(0, shape.Cells), offsets.Order());
                Assert.Equal(offsets[shape.Tokens..].Order(), offsets[shape.Tokens..]);
            }
        }, seed: "0001m4vAXYm3", iter: 200, threads: 1);

    private static (PackedShape Shape, int[] Ids, int[] Positions, int[] Offsets, int[] Starts) Build(
        PackedInputs inputs, ReadOnlyMemory<int>[] pairs)
    {
        var shape = PackedShape.FromPairs(pairs);
        var ids = Filled(shape.Tokens);
        var positions = Filled(shape.Tokens);
        var offsets = Filled(shape.Cells);
        var starts = Filled(shape.Pairs + 1);
        PackedInputs.WriteIds(pairs, ids);
        inputs.WritePositions(pairs, positions);
        inputs.WriteTokenOffsets(pairs, shape.Longest, offsets);
        PackedInputs.WriteSequenceStarts(pairs, starts);
        return (shape, ids, positions, offsets, starts);
    }

    private static int[] Filled(int length) => [.. Enumerable.Repeat(Untouched, length)];
}
