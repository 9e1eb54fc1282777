using System.Runtime.Intrinsics;
using Reranker.Inference.Engines.Cpu.Operators;

namespace Reranker.Inference.Tests.Engines.Cpu.Operators;

public sealed unsafe class CpuRowTests
{
    [Fact]
    public void GELU_and_exponentials_are_right_everywhere()
    {
        for (var i = -3_000; i <= 3_000; i++)
        {
            var x = i / 300f;
            Assert.Equal(FindGelu(x), VectorMath.ActivateGelu(Vector512.Create(x))[i & 15], 4e-6);
            var power = Math.Exp(Math.Min(0, x));
            Assert.Equal(1, VectorMath.Exponentiate(Vector512.Create(MathF.Min(0, x)))[i & 15] / power, 1e-6);
        }

        Assert.Equal(0, VectorMath.Exponentiate(Vector512.Create(-1e30f))[3], 1e-37);
        Assert.Equal((0f, 1e30f), (VectorMath.ActivateGelu(Vector512.Create(-1e30f))[0], VectorMath.ActivateGelu(Vector512.Create(1e30f))[0]), static (a, b) => a.Item1 == b.Item1 && MathF.Abs(a.Item2 - b.Item2) < 1e25f);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(16, false)]
    [InlineData(40, true)]
    [InlineData(384, true)]
    [InlineData(390, false)]
    public void Rows_are_normalized_with_what_is_added_and_multiplied_for_the_next_product(int columns, bool hasResidual)
    {
        const int Count = 5;
        var random = new Random(columns);
        float[] x = Draw(random, Count * columns), residual = Draw(random, Count * columns), gain = Draw(random, columns), bias = Draw(random, columns);
        var factors = Draw(random, columns);
        float[] result = new float[x.Length + 1], multiplied = new float[x.Length + 1];
        result[^1] = multiplied[^1] = 99;
        fixed (float* a = x, b = residual, g = gain, h = bias, f = factors, y = result, z = multiplied)
        {
            RowNormalization.Normalize(a, hasResidual ? b : null, new NormalizationWeights((nint)g, (nint)h, (nint)f, 1e-5f), y, z, Count, columns);
        }

        for (var row = 0; row < Count; row++)
        {
            var sums = Enumerable.Range(row * columns, columns).Select(i => (double)x[i] + (hasResidual ? residual[i] : 0)).ToArray();
            var mean = sums.Average();
            var deviation = Math.Sqrt(sums.Average(s => (s - mean) * (s - mean)) + 1e-5);
            for (var i = 0; i < columns; i++)
            {
                var expected = ((sums[i] - mean) / deviation * gain[i]) + bias[i];
                Assert.Equal(expected, result[(row * columns) + i], 1e-4);
                Assert.Equal(expected * factors[i], multiplied[(row * columns) + i], 1e-4);
            }
        }

        Assert.Equal((99, 99), (result[^1], multiplied[^1]));
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(48, false)]
    [InlineData(1536, false)]
    [InlineData(9, true)]
    [InlineData(50, true)]
    public void Rows_are_activated_and_divided_by_their_largest_value(int columns, bool hasGate)
    {
        const int Count = 4;
        const float Floor = 0.01f;
        var random = new Random(columns);
        var wide = hasGate ? 2 * columns : columns;
        float[] x = Draw(random, Count * wide), factors = [.. Draw(random, columns).Select(f => MathF.Abs(f) + 0.1f)];
        x.AsSpan(0, wide).Fill(-9);
        float[] even = new float[(Count * columns) + 1], largest = new float[Count];
        even[^1] = 99;
        fixed (float* a = x, f = factors, e = even, l = largest)
        {
            RowActivation.Activate(a, hasGate, f, Floor, e, l, Count, columns);
        }

        for (var row = 0; row < Count; row++)
        {
            var values = Enumerable.Range(0, columns)
                .Select(i => FindGelu(x[(row * wide) + i]) * factors[i] * (hasGate ? x[(row * wide) + columns + i] : 1)).ToArray();
            var expected = Math.Max(Floor, values.Max(v => hasGate ? Math.Abs(v) : v));
            Assert.Equal(expected, largest[row], 2e-5);
            Assert.All(values, (v, i) => Assert.Equal(v / expected, even[(row * columns) + i], 1e-3 * (row == 0 ? 1 : 0.02)));
        }

        Assert.Equal((Floor, 99), (largest[0], even[^1]));
    }

    [Theory]
    [InlineData(1, 1, 1, 3, false, false)]
    [InlineData(2, 33, 33, 32, false, false)]
    [InlineData(1, 141, 141, 64, false, true)]
    [InlineData(3, 17, 17, 6, true, true)]
    [InlineData(2, 1, 70, 16, true, false)]
    [InlineData(1, 90, 90, 80, true, true)]
    public void Attention_is_what_its_formula_says(int batch, int queries, int keys, int headSize, bool isRotary, bool biasByQuery)
    {
        const int Heads = 2;
        var random = new Random(keys);
        var (hidden, half) = (Heads * headSize, headSize / 2);
        float[] query = Draw(random, batch * queries * hidden), key = Draw(random, batch * keys * hidden), value = Draw(random, batch * keys * hidden);
        float[] factors = Draw(random, hidden), cosine = Draw(random, keys * half), sine = Draw(random, keys * half);
        var biasRows = biasByQuery ? queries : 1;
        float[] bias = [.. Enumerable.Range(0, batch * biasRows * keys).Select(i => i % keys != 0 && random.Next(3) == 0 ? -30_000f : 0f)];
        var context = new float[query.Length + 1];
        context[^1] = 99;
        fixed (float* q = query, k = key, v = value, f = factors, c = cosine, s = sine, b = bias, o = context)
        {
            RowAttention.Run(
                new RowAttentionShape(batch, queries, keys, Heads, headSize),
                new RowAttentionOperands(
                    (nint)q, (nint)k, (nint)v, (nint)b, biasRows * keys, biasByQuery ? keys : 0, isRotary ? (nint)c : 0, isRotary ? (nint)s : 0, (nint)f, (nint)o));
        }

        double[] Turn(float[] values, int places, int pair, int place, int head)
        {
            var start = (((pair * places) + place) * hidden) + (head * headSize);
            double[] part = [.. values.AsSpan(start, headSize)];
            return !isRotary ? part
                : [.. part.Select((p, i) => i < half
                    ? (p * cosine[(place * half) + i]) - (part[i + half] * sine[(place * half) + i])
                    : (p * cosine[(place * half) + i - half]) + (part[i - half] * sine[(place * half) + i - half]))];
        }

        for (var at = 0; at < batch * queries * Heads; at++)
        {
            var (pair, place, head) = (at / Heads / queries, at / Heads % queries, at % Heads);
            var asked = Turn(query, queries, pair, place, head);
            var scores = Enumerable.Range(0, keys).Select(other => (Turn(key, keys, pair, other, head).Zip(asked, static (a, b) => a * b).Sum() / Math.Sqrt(headSize))
                + bias[(((pair * biasRows) + (biasByQuery ? place : 0)) * keys) + other]).ToArray();
            double[] shares = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
            for (var i = 0; i < headSize; i++)
            {
                var column = (head * headSize) + i;
                var expected = shares.Select((share, other) => share * value[(((pair * keys) + other) * hidden) + column]).Sum() / shares.Sum() * factors[column];
                Assert.Equal(expected, context[(((pair * queries) + place) * hidden) + column], 1e-4);
            }
        }

        Assert.Equal(99, context[^1]);
    }

    // The error function by its series of positive terms.
    private static double FindGelu(double x)
    {
        var z = Math.Min(Math.Abs(x), 9) / Math.Sqrt(2);
        var (term, sum) = (z, z);
        for (var n = 1; n < 300; n++)
        {
            term *= 2 * z * z / ((2 * n) + 1);
            sum += term;
        }

        var half = sum * Math.Exp(-z * z) / Math.Sqrt(Math.PI);
        return x * (x < 0 ? 0.5 - half : 0.5 + half);
    }

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 4) - 2))];
}
