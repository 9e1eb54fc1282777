using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Gpu.Tests.Kernels;

public sealed class GatedKernelTests
{
    private const double Tolerance = 5e-3;
    private const float Epsilon = 1e-5f;
    private const float OutputScale = 1 / 32f;

    public static TheoryData<int, int> Sizes => new(
        from columns in (int[])[8, 48, 256, 384, 768, 1024, 1032, 1152, 2624]
        from rows in (int[])[1, 3, 4, 77]
        select (rows, columns));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_gate_multiplies_the_exact_GELU(int rows, int columns)
    {
        var x = CreateHalves(new Random(rows + columns), rows * 2 * columns, 8);

        var (halves, _) = Run(GraphOperators.GatedGelu, OnnxType.Float16);
        var (_, eights) = Run(GraphOperators.GatedGeluFp8, OnnxType.UInt8, OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale));

        for (var i = 0; i < rows * columns; i++)
        {
            var at = (i / columns * 2 * columns) + (i % columns);
            var expected = FindGelu((double)x[at]) * (double)x[at + columns];
            Assert.Equal(expected, (double)halves[i], Tolerance);
            Eights.AssertRounded(expected / OutputScale, eights[i], 3e-5 / OutputScale);
        }

        (Half[] Halves, byte[] Bytes) Run(string operation, OnnxType type, params OnnxAttribute[] attributes)
        {
            using var session = OneNodeSession.OpenOrSkip(operation, [("x", OnnxType.Float16, 2)], [("y", type)], type == OnnxType.UInt8, attributes);
            return session.Run(OneNodeSession.CreateTensor(x, rows, 2 * columns));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_sum_is_kept_and_normalized(int rows, int columns)
    {
        var random = new Random(rows + columns);
        var (x, residual) = (CreateHalves(random, rows * columns, 2), CreateHalves(random, rows * columns, 5));
        var (gain, bias) = (CreateHalves(random, columns, 2), CreateHalves(random, columns, 1));

        var half = Run(GraphOperators.KeptSum, OnnxType.Float16);
        var eight = Run(GraphOperators.KeptSumFp8, OnnxType.UInt8, OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale));

        Assert.Equal((Half[])half[0], (Half[])eight[0]);
        for (var row = 0; row < rows; row++)
        {
            double[] sums = [.. Enumerable.Range(row * columns, columns).Select(i => (double)x[i] + (double)residual[i])];
            var mean = sums.Average();
            var deviation = Math.Sqrt(sums.Average(s => (s - mean) * (s - mean)) + Epsilon);
            for (var i = 0; i < columns; i++)
            {
                var (at, expected) = ((row * columns) + i, ((sums[i] - mean) / deviation * (double)gain[i]) + (double)bias[i]);
                Assert.Equal((Half)sums[i], ((Half[])half[0])[at]);
                Assert.Equal(expected, (double)((Half[])half[1])[at], Tolerance);
                Eights.AssertRounded(expected / OutputScale, ((byte[])eight[1])[at], Tolerance / OutputScale / 10);
            }
        }

        IReadOnlyList<Array> Run(string operation, OnnxType type, params OnnxAttribute[] attributes)
        {
            using var session = OneNodeSession.OpenOrSkip(
                operation,
                [("x", OnnxType.Float16, 2), ("residual", OnnxType.Float16, 2), ("gain", OnnxType.Float16, 1), ("bias", OnnxType.Float16, 1)],
                [("sum", OnnxType.Float16), ("y", type)],
                type == OnnxType.UInt8,
                [OnnxAttribute.Create(GraphOperators.Epsilon, Epsilon), .. attributes]);
            return session.RunAll(
                OneNodeSession.CreateTensor(x, rows, columns), OneNodeSession.CreateTensor(residual, rows, columns), OneNodeSession.CreateTensor(gain, columns),
                OneNodeSession.CreateTensor(bias, columns));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(384)]
    [InlineData(768)]
    [InlineData(1032)]
    public void A_mean_is_of_the_pair_s_own_rows(int columns)
    {
        int[] lengths = [0, 1, 7, 8, 9, 0, 31, 32, 33, 500, 0];
        var x = CreateHalves(new Random(columns), lengths.Sum() * columns, 4);
        int[] starts = [.. Enumerable.Range(0, lengths.Length + 1).Select(i => lengths.Take(i).Sum())];
        using var session = OneNodeSession.OpenOrSkip(
            GraphOperators.PackedMean, [("x", OnnxType.Float16, 2), ("starts", OnnxType.Int32, 1)], [("y", OnnxType.Float)], isFp8: false);

        var means = (float[])session.RunAll(OneNodeSession.CreateTensor(x, lengths.Sum(), columns), OneNodeSession.CreateTensor(starts, starts.Length))[0];

        for (var pair = 0; pair < lengths.Length; pair++)
        {
            for (var i = 0; i < columns; i++)
            {
                var sum = Enumerable.Range(starts[pair], lengths[pair]).Sum(row => (double)x[(row * columns) + i]);
                Assert.Equal(sum / Math.Max(1, lengths[pair]), means[(pair * columns) + i], 1e-5);
            }
        }
    }

    private static double FindGelu(double x)
    {
        // erf by its power series, which is exact enough for so small numbers.
        var (z, n) = (x / Math.Sqrt(2), 0);
        var (term, sum) = (z, z);
        while (Math.Abs(term) > 1e-18)
        {
            n++;
            term *= 2 * z * z / ((2 * n) + 1);
            sum += term;
        }

        return 0.5 * x * (1 + (2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum));
    }

    private static Half[] CreateHalves(Random random, int count, double range)
        => [.. Enumerable.Range(0, count).Select(_ => (Half)((random.NextDouble() - 0.5) * range))];
}
