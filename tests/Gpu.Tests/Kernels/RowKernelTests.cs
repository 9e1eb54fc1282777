using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Gpu.Tests.Kernels;

public sealed class RowKernelTests
{
    private const double Tolerance = 5e-3;
    private const float Epsilon = 1e-5f;
    private const float OutputScale = 1 / 32f;

    // Widths of the models, those that leave threads idle, and those beyond a warp's registers; rows around those of a block.
    public static TheoryData<int, int> Sizes => new(
        from columns in (int[])[8, 256, 384, 512, 600, 768, 1000, 1024, 1032, 4096]
        from rows in (int[])[1, 2, 3, 4, 5, 77]
        select (rows, columns));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_sum_is_normalized_in_both_types(int rows, int columns)
    {
        var random = new Random(rows + columns);
        var (x, residual) = (CreateHalves(random, rows * columns, 2), CreateHalves(random, rows * columns, 5));
        var (gain, bias) = (CreateHalves(random, columns, 2), CreateHalves(random, columns, 1));

        var (halves, _) = Run(isFp8: false, rows, columns, x, residual, gain, bias);
        var (both, eights) = Run(isFp8: true, rows, columns, x, residual, gain, bias);

        Assert.Equal(halves, both);
        for (var row = 0; row < rows; row++)
        {
            var expected = Normalize(x, residual, gain, bias, row, columns);
            for (var i = 0; i < columns; i++)
            {
                var index = (row * columns) + i;
                Assert.Equal(expected[i], (double)halves[index], Tolerance);
                Eights.AssertRounded(expected[i] / OutputScale, eights[index], Tolerance / OutputScale / 10);
            }
        }
    }

    // The same to the bit as the sum of rows that were taken out before; an id behind the end is the last one.
    [Theory]
    [InlineData(384, false)]
    [InlineData(1024, true)]
    [InlineData(4096, true)]
    public void Embeddings_are_read_in_their_tables(int columns, bool isFp8)
    {
        const int Words = 50, Positions = 9;
        var random = new Random(columns);
        var (words, table) = (CreateHalves(random, Words * columns, 2), CreateHalves(random, Positions * columns, 2));
        var (gain, bias) = (CreateHalves(random, columns, 2), CreateHalves(random, columns, 1));
        int[] ids = [3, 0, Words - 1, 7, 7, Words, -1, 12], positions = [0, 1, 2, Positions - 1, 0, 4, Positions, 5];
        var x = ids.SelectMany(i => words.AsSpan((int)Math.Min((uint)i, Words - 1) * columns, columns).ToArray()).ToArray();
        var residual = positions.SelectMany(i => table.AsSpan((int)Math.Min((uint)i, Positions - 1) * columns, columns).ToArray()).ToArray();
        var (halves, eights) = Run(isFp8, ids.Length, columns, x, residual, gain, bias);
        OnnxAttribute[] attributes = [OnnxAttribute.Create(GraphOperators.Epsilon, Epsilon), OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale)];
        using var session = OneNodeSession.OpenOrSkip(
            isFp8 ? GraphOperators.NormalizedEmbeddingsFp8 : GraphOperators.NormalizedEmbeddings,
            [
                ("words", OnnxType.Float16, 2), ("ids", OnnxType.Int32, 1), ("table", OnnxType.Float16, 2), ("positions", OnnxType.Int32, 1),
                ("gain", OnnxType.Float16, 1), ("bias", OnnxType.Float16, 1),
            ],
            isFp8 ? [("y", OnnxType.Float16), ("e", OnnxType.UInt8)] : [("y", OnnxType.Float16)],
            isFp8,
            isFp8 ? attributes : attributes[..1]);

        var (read, readEights) = session.Run(
            OneNodeSession.CreateTensor(words, Words, columns),
            OneNodeSession.CreateTensor(ids, ids.Length),
            OneNodeSession.CreateTensor(table, Positions, columns),
            OneNodeSession.CreateTensor(positions, positions.Length),
            OneNodeSession.CreateTensor(gain, columns),
            OneNodeSession.CreateTensor(bias, columns));

        Assert.Equal(halves, read);
        Assert.Equal(eights, readEights);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 384)]
    [InlineData(100, 1024)]
    public void Quantizing_rounds_and_saturates(int rows, int columns)
    {
        using var session = OneNodeSession.OpenOrSkip(
            GraphOperators.QuantizeFp8, [("x", OnnxType.Float16, 2)], [("y", OnnxType.UInt8)], isFp8: true, OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale));
        var x = CreateHalves(new Random(rows), rows * columns, 40);

        var (_, result) = session.Run(OneNodeSession.CreateTensor(x, rows, columns));

        Assert.All(x.Zip(result), p => Eights.AssertRounded((double)p.First / OutputScale, p.Second, 0));
    }

    private static (Half[] Halves, byte[] Eights) Run(bool isFp8, int rows, int columns, Half[] x, Half[] residual, Half[] gain, Half[] bias)
    {
        OnnxAttribute[] attributes = [OnnxAttribute.Create(GraphOperators.Epsilon, Epsilon), OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale)];
        using var session = OneNodeSession.OpenOrSkip(
            isFp8 ? GraphOperators.NormalizedSumFp8 : GraphOperators.NormalizedSum,
            [("x", OnnxType.Float16, 2), ("residual", OnnxType.Float16, 2), ("gain", OnnxType.Float16, 1), ("bias", OnnxType.Float16, 1)],
            isFp8 ? [("y", OnnxType.Float16), ("e", OnnxType.UInt8)] : [("y", OnnxType.Float16)],
            isFp8,
            isFp8 ? attributes : attributes[..1]);
        return session.Run(
            OneNodeSession.CreateTensor(x, rows, columns),
            OneNodeSession.CreateTensor(residual, rows, columns),
            OneNodeSession.CreateTensor(gain, columns),
            OneNodeSession.CreateTensor(bias, columns));
    }

    private static double[] Normalize(Half[] x, Half[] residual, Half[] gain, Half[] bias, int row, int columns)
    {
        var sums = Enumerable.Range(row * columns, columns).Select(i => (double)x[i] + (double)residual[i]).ToArray();
        var mean = sums.Average();
        var deviation = Math.Sqrt(sums.Average(s => (s - mean) * (s - mean)) + Epsilon);
        return [.. sums.Select((s, i) => ((s - mean) / deviation * (double)gain[i]) + (double)bias[i])];
    }

    private static Half[] CreateHalves(Random random, int count, double range)
        => [.. Enumerable.Range(0, count).Select(_ => (Half)((random.NextDouble() - 0.5) * range))];
}
