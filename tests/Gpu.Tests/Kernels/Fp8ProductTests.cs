using Reranker.Inference.Graphs;
using Reranker.Onnx.Graphs;
using Reranker.Onnx.Weights;

namespace Reranker.Gpu.Tests.Kernels;

public sealed class Fp8ProductTests
{
    private const float Scale = 0.01f;
    private const float OutputScale = 1 / 40f;

    // Of the largest term: a sum that is rounded on its way, which is what the fast kernels do.
    private const double Tolerance = 0.03;

    // Every number of rows modulo 16: cuBLASLt wants pieces of 16 bytes, which are of columns here.
    public static TheoryData<int, int, int> Sizes => new(
        [.. from rows in Enumerable.Range(1, 33) select (rows, 64, 48), (16, 1024, 1024), (77, 384, 1536), (200, 1536, 384), (1007, 256, 128)]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_product_of_e4m3_is_scaled_and_gets_its_bias(int rows, int inner, int outer)
    {
        using var session = Open(GraphOperators.Fp8Linear, OnnxType.Float16, OnnxAttribute.Create(GraphOperators.Scale, Scale));
        var (x, weight, bias, expected) = Create(rows, inner, outer);

        var (result, _) = session.Run(
            OneNodeSession.CreateTensor(x, rows, inner), OneNodeSession.CreateTensor(weight, outer, inner), OneNodeSession.CreateTensor(bias, outer));

        Assert.All(expected.Zip(result), p => Assert.Equal(p.First, (double)p.Second, Tolerance));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gelu_of_it_is_rounded_to_e4m3(int rows, int inner, int outer)
    {
        using var session = Open(
            GraphOperators.Fp8LinearGelu, OnnxType.UInt8, OnnxAttribute.Create(GraphOperators.Scale, Scale), OnnxAttribute.Create(GraphOperators.OutputScale, OutputScale));
        var (x, weight, bias, expected) = Create(rows, inner, outer);

        var (_, result) = session.Run(
            OneNodeSession.CreateTensor(x, rows, inner), OneNodeSession.CreateTensor(weight, outer, inner), OneNodeSession.CreateTensor(bias, outer));

        Assert.All(expected.Zip(result), p => Eights.AssertRounded(ApplyGelu(p.First) / OutputScale, p.Second, Tolerance / OutputScale));
    }

    private static OneNodeSession Open(string operation, OnnxType type, params OnnxAttribute[] attributes) => OneNodeSession.OpenOrSkip(
        operation, [("x", OnnxType.UInt8, 2), ("w", OnnxType.UInt8, 2), ("b", OnnxType.Float16, 1)], [("y", type)], isFp8: true, attributes);

    private static (byte[] X, byte[] Weight, Half[] Bias, double[] Expected) Create(int rows, int inner, int outer)
    {
        var random = new Random((rows * 31) + inner);
        var (x, weight) = (Eights.CreateRandom(random, rows * inner), Eights.CreateRandom(random, outer * inner));
        Half[] bias = [.. Enumerable.Range(0, outer).Select(_ => (Half)(random.NextDouble() - 0.5))];
        double[] values = [.. x.Select(Eights.Decode)], weights = [.. weight.Select(Eights.Decode)];
        var expected = new double[rows * outer];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < outer; column++)
            {
                var sum = 0d;
                for (var i = 0; i < inner; i++)
                {
                    sum += values[(row * inner) + i] * weights[(column * inner) + i];
                }

                expected[(row * outer) + column] = (Scale * sum) + (double)bias[column];
            }
        }

        return (x, weight, bias, expected);
    }

    private static double ApplyGelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));
}
