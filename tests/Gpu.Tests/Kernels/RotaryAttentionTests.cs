using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Gpu.Tests.Kernels;

public sealed class RotaryAttentionTests
{
    private const double Tolerance = 6e-3;
    private const float OutputScale = 1 / 64f;
    private const int RowsOfPair = 40;

    // Windows narrower than a row of tensor cores, around the blocks' edges, ModernBERT's, wider than pairs, none; lengths around the tiles'
    // edges, and the longest there is.
    public static TheoryData<int, int, int, double, int[]> Batches
    {
        get
        {
            var random = new Random(11);
            var data = new TheoryData<int, int, int, double, int[]>
            {
                { 2, 64, -1, 160_000, [8192] },
                { 2, 64, 64, 10_000, [8192] },
                { 1, 32, 64, 10_000, [4096, 3] },
                { 12, 64, -1, 160_000, [700, 5, 90, 1, 1, 300] },
                { 2, 64, 64, 10_000, [0, 0, 0, 17, 0, 128, 40, 0] },
            };
            foreach (var headSize in (int[])[32, 64])
            {
                foreach (var window in (int[])[-1, 0, 1, 7, 15, 16, 31, 32, 63, 64, 65, 127, 200, 5000])
                {
                    data.Add(3, headSize, window, window % 2 == 0 ? 160_000 : 10_000, [63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 500, 512, 31]);
                }

                for (var round = 0; round < 10; round++)
                {
                    data.Add(
                        1 + random.Next(4), headSize, random.Next(-1, 140), Math.Pow(10, 2 + (4 * random.NextDouble())),
                        [.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => random.Next(1, 1200))]);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void A_token_sees_its_own_pair_as_far_as_the_window_goes(int heads, int headSize, int window, double turn, int[] lengths)
    {
        using var session = Open(GraphOperators.PackedRotaryAttention, heads, window, OnnxType.Float16);
        var random = new Random(lengths.Length + window);
        var qkv = CreateQkv(random, lengths.Sum(), heads, headSize);
        var frequencies = CreateFrequencies(headSize, turn);

        var (result, _) = session.Run(
            OneNodeSession.CreateTensor(qkv, lengths.Sum(), 3 * heads * headSize), CreateStarts(lengths), OneNodeSession.CreateTensor(frequencies, headSize / 2));

        Compare(random, qkv, lengths, (heads, headSize, window), frequencies, (expected, index) => Assert.Equal(expected, (double)result[index], Tolerance));
    }

    [Theory]
    [InlineData(64, -1)]
    [InlineData(64, 20)]
    [InlineData(32, 64)]
    public void E4m3_is_the_result_over_its_scale(int headSize, int window)
    {
        const int Heads = 2;
        using var session = Open(GraphOperators.PackedRotaryAttentionFp8, Heads, window, OnnxType.UInt8, OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale));
        int[] lengths = [1, 64, 130, 0, 17, 300];
        var random = new Random(headSize);
        var qkv = CreateQkv(random, lengths.Sum(), Heads, headSize);
        var frequencies = CreateFrequencies(headSize, 10_000);

        var (_, result) = session.Run(
            OneNodeSession.CreateTensor(qkv, lengths.Sum(), 3 * Heads * headSize), CreateStarts(lengths), OneNodeSession.CreateTensor(frequencies, headSize / 2));

        Compare(
            random, qkv, lengths, (Heads, headSize, window), frequencies,
            (expected, index) => Eights.AssertRounded(expected / OutputScale, result[index], Tolerance / OutputScale));
    }

    [Fact]
    public void The_result_of_a_pair_is_the_same_to_the_bit_whoever_lies_beside_it()
    {
        const int Heads = 2, HeadSize = 64, Length = 150;
        using var session = Open(GraphOperators.PackedRotaryAttention, Heads, 30, OnnxType.Float16);
        var random = new Random(4);
        var (pair, frequencies) = (CreateQkv(random, Length, Heads, HeadSize), CreateFrequencies(HeadSize, 10_000));
        Half[] Attend(Half[] qkv, int[] lengths) => session.Run(
            OneNodeSession.CreateTensor(qkv, lengths.Sum(), 3 * Heads * HeadSize), CreateStarts(lengths), OneNodeSession.CreateTensor(frequencies, HeadSize / 2)).Halves;
        var alone = Attend(pair, [Length]);
        foreach (var before in (int[])[1, 15, 128, 700])
        {
            var result = Attend([.. CreateQkv(random, before, Heads, HeadSize), .. pair, .. CreateQkv(random, 9, Heads, HeadSize)], [before, Length, 9]);

            Assert.Equal(alone, result[(before * Heads * HeadSize)..((before + Length) * Heads * HeadSize)]);
        }
    }

    private static OneNodeSession Open(string operation, int heads, int window, OnnxType type, params OnnxAttribute[] more) => OneNodeSession.OpenOrSkip(
        operation,
        [("qkv", OnnxType.Float16, 2), ("starts", OnnxType.Int32, 1), ("frequencies", OnnxType.Float, 1)],
        [("y", type)],
        isFp8: type == OnnxType.UInt8,
        [OnnxAttribute.Create(GraphOperators.Heads, heads), OnnxAttribute.Create(GraphOperators.Window, window), .. more]);

    private static Half[] CreateQkv(Random random, int tokens, int heads, int headSize)
    {
        var hidden = heads * headSize;
        return [.. Enumerable.Range(0, tokens * 3 * hidden).Select(i => (Half)((random.NextDouble() - 0.5) * (i % (3 * hidden) < hidden ? 8 : 3)))];
    }

    private static float[] CreateFrequencies(int headSize, double turn)
        => [.. Enumerable.Range(0, headSize / 2).Select(i => (float)Math.Pow(turn, -2.0 * i / headSize))];

    private static Microsoft.ML.OnnxRuntime.OrtValue CreateStarts(int[] lengths)
    {
        int[] starts = [0, .. lengths];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        return OneNodeSession.CreateTensor(starts, starts.Length);
    }

    private static void Compare(
        Random random, Half[] qkv, int[] lengths, (int Heads, int HeadSize, int Window) form, float[] frequencies, Action<double, int> compare)
    {
        var start = 0;
        foreach (var length in lengths)
        {
            var turned = TurnPair(qkv, start, length, form.Heads, frequencies);
            var rows = length <= RowsOfPair ? Enumerable.Range(0, length) : [0, length - 1, .. Enumerable.Range(0, RowsOfPair).Select(_ => random.Next(length))];
            foreach (var row in rows)
            {
                for (var head = 0; head < form.Heads; head++)
                {
                    var expected = Attend(qkv, turned, start, length, row, head, form);
                    for (var i = 0; i < form.HeadSize; i++)
                    {
                        compare(expected[i], ((((start + row) * form.Heads) + head) * form.HeadSize) + i);
                    }
                }
            }

            start += length;
        }
    }

    private static double[] Attend(Half[] qkv, double[] turned, int start, int length, int row, int head, (int Heads, int HeadSize, int Window) form)
    {
        var (heads, size, window) = form;
        int Place(int part, int token) => (((token * 2) + part) * heads * size) + (head * size);
        var (first, end) = window < 0 ? (0, length) : (Math.Max(0, row - window), Math.Min(length, row + window + 1));
        var weights = new double[end - first];
        for (var key = first; key < end; key++)
        {
            for (var i = 0; i < size; i++)
            {
                weights[key - first] += turned[Place(0, row) + i] * turned[Place(1, key) + i];
            }

            weights[key - first] /= Math.Sqrt(size);
        }

        var most = weights.Max();
        var total = weights.Sum(w => Math.Exp(w - most));
        var result = new double[size];
        for (var key = first; key < end; key++)
        {
            var weight = Math.Exp(weights[key - first] - most) / total;
            for (var i = 0; i < size; i++)
            {
                result[i] += weight * (double)qkv[((((start + key) * 3) + 2) * heads * size) + (head * size) + i];
            }
        }

        return result;
    }

    // Queries and keys of a pair, [token, 2, hidden]. The kernel rounds what it has turned to FP16, as tensor cores want it; so does this.
    private static double[] TurnPair(Half[] qkv, int start, int length, int heads, float[] frequencies)
    {
        var (half, hidden) = (frequencies.Length, 2 * heads * frequencies.Length);
        var result = new double[length * 2 * hidden];
        for (var token = 0; token < length; token++)
        {
            for (var i = 0; i < half; i++)
            {
                var (sine, cosine) = Math.SinCos((double)token * frequencies[i]);
                for (var column = i; column < 2 * hidden; column += 2 * half)
                {
                    var (from, to) = (((start + token) * 3 * hidden) + column, (token * 2 * hidden) + column);
                    var (left, right) = ((double)qkv[from], (double)qkv[from + half]);
                    result[to] = (double)(Half)((left * cosine) - (right * sine));
                    result[to + half] = (double)(Half)((right * cosine) + (left * sine));
                }
            }
        }

        return result;
    }
}
