using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Gpu.Tests.Kernels;

public sealed class AttentionTests
{
    private const double Tolerance = 4e-3;
    private const float OutputScale = 1 / 64f;

    // Rows of a pair that are compared: the reference takes a second a thousand rows of the longest one.
    private const int RowsOfPair = 40;

    // Lengths around the tiles' and the blocks' edges, empty pairs as a captured run has them, one alone, the longest there is.
    public static TheoryData<int, int, int[]> Batches => new()
    {
        { 2, 64, [1] },
        { 2, 64, [8192] },
        { 1, 32, [4096, 3] },
        { 3, 64, [.. Enumerable.Range(1, 66)] },
        { 3, 32, [.. Enumerable.Range(1, 66)] },
        { 4, 64, [63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 500, 512, 31] },
        { 4, 32, [63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 500, 512, 31] },
        { 2, 64, [0, 0, 0, 17, 0, 128, 40, 0] },
        { 12, 32, [700, 5, 90, 1, 1, 300] },
    };

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_pair_attends_to_itself_alone(int heads, int headSize, int[] lengths)
    {
        using var session = OpenHalf(heads);
        var random = new Random(lengths.Length);
        var qkv = CreateQkv(random, lengths.Sum(), heads, headSize);

        var (result, _) = session.Run(OneNodeSession.CreateTensor(qkv, lengths.Sum(), 3 * heads * headSize), CreateStarts(lengths));

        Compare(random, qkv, lengths, heads, headSize, (expected, index) => Assert.Equal(expected, (double)result[index], Tolerance));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public void E4m3_is_the_result_over_its_scale(int headSize)
    {
        const int Heads = 2;
        using var session = OneNodeSession.OpenOrSkip(
            GraphOperators.PackedAttentionFp8,
            [("qkv", OnnxType.Float16, 2), ("starts", OnnxType.Int32, 1)],
            [("y", OnnxType.UInt8)],
            isFp8: true,
            OnnxAttribute.Create(GraphOperators.Heads, Heads),
            OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale));
        int[] lengths = [1, 64, 130, 0, 17, 300];
        var random = new Random(headSize);
        var qkv = CreateQkv(random, lengths.Sum(), Heads, headSize);

        var (_, result) = session.Run(OneNodeSession.CreateTensor(qkv, lengths.Sum(), 3 * Heads * headSize), CreateStarts(lengths));

        Compare(random, qkv, lengths, Heads, headSize, (expected, index) => Eights.AssertRounded(expected / OutputScale, result[index], Tolerance / OutputScale));
    }

    [Fact]
    public void The_result_of_a_pair_is_the_same_to_the_bit_whoever_lies_beside_it()
    {
        const int Heads = 2, HeadSize = 64, Length = 150;
        using var session = OpenHalf(Heads);
        var random = new Random(4);
        var pair = CreateQkv(random, Length, Heads, HeadSize);
        var (alone, _) = session.Run(OneNodeSession.CreateTensor(pair, Length, 3 * Heads * HeadSize), CreateStarts([Length]));
        foreach (var before in (int[])[1, 15, 128, 700])
        {
            Half[] beside = [.. CreateQkv(random, before, Heads, HeadSize), .. pair, .. CreateQkv(random, 9, Heads, HeadSize)];

            var (result, _) = session.Run(
                OneNodeSession.CreateTensor(beside, before + Length + 9, 3 * Heads * HeadSize), CreateStarts([before, Length, 9]));

            Assert.Equal(alone, result[(before * Heads * HeadSize)..((before + Length) * Heads * HeadSize)]);
        }
    }

    private static OneNodeSession OpenHalf(int heads) => OneNodeSession.OpenOrSkip(
        GraphOperators.PackedAttention,
        [("qkv", OnnxType.Float16, 2), ("starts", OnnxType.Int32, 1)],
        [("y", OnnxType.Float16)],
        isFp8: false,
        OnnxAttribute.Create(GraphOperators.Heads, heads));

    // Queries that are so large that a few keys get most of the weight.
    private static Half[] CreateQkv(Random random, int tokens, int heads, int headSize)
    {
        var hidden = heads * headSize;
        return [.. Enumerable.Range(0, tokens * 3 * hidden).Select(i => (Half)((random.NextDouble() - 0.5) * (i % (3 * hidden) < hidden ? 8 : 3)))];
    }

    private static Microsoft.ML.OnnxRuntime.OrtValue CreateStarts(int[] lengths)
    {
        int[] starts = [0, .. lengths];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        return OneNodeSession.CreateTensor(starts, starts.Length);
    }

    private static void Compare(Random random, Half[] qkv, int[] lengths, int heads, int headSize, Action<double, int> compare)
    {
        var start = 0;
        foreach (var length in lengths)
        {
            var rows = length <= RowsOfPair ? Enumerable.Range(0, length) : [0, length - 1, .. Enumerable.Range(0, RowsOfPair).Select(_ => random.Next(length))];
            foreach (var row in rows)
            {
                for (var head = 0; head < heads; head++)
                {
                    var expected = Attend(qkv, start, length, row, head, heads, headSize);
                    for (var i = 0; i < headSize; i++)
                    {
                        compare(expected[i], ((((start + row) * heads) + head) * headSize) + i);
                    }
                }
            }

            start += length;
        }
    }

    private static double[] Attend(Half[] qkv, int start, int length, int row, int head, int heads, int headSize)
    {
        int Place(int part, int token) => ((((start + token) * 3) + part) * heads * headSize) + (head * headSize);
        var weights = new double[length];
        for (var key = 0; key < length; key++)
        {
            for (var i = 0; i < headSize; i++)
            {
                weights[key] += (double)qkv[Place(0, row) + i] * (double)qkv[Place(1, key) + i];
            }

            weights[key] /= Math.Sqrt(headSize);
        }

        var most = weights.Max();
        var total = weights.Sum(w => Math.Exp(w - most));
        var result = new double[headSize];
        for (var key = 0; key < length; key++)
        {
            var weight = Math.Exp(weights[key] - most) / total;
            for (var i = 0; i < headSize; i++)
            {
                result[i] += weight * (double)qkv[Place(2, key) + i];
            }
        }

        return result;
    }
}
