using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Reranker.Inference.Engines.Cpu.Operators;

namespace Reranker.Inference.Tests.Engines.Cpu.Operators;

/// <summary>
/// The operators give the same bits on processors with registers of 512 and of 256 bits: the digests are of both, as <c>DOTNET_EnableAVX512=0</c> in front
/// of this test shows. Who changes the order of a sum changes scores of models that are served, and changes a digest here.
/// </summary>
public sealed unsafe class CpuRowBitsTests
{
    [Theory]
    [InlineData(48, "029f9554de7e0ac8")]
    [InlineData(390, "ddbcb782415d5d2b")]
    public void Normalized_rows_have_these_bits(int columns, string digest)
    {
        const int Count = 7;
        var random = new Random(columns);
        float[] x = Draw(random, Count * columns), residual = Draw(random, Count * columns), weights = Draw(random, 3 * columns);
        var results = new float[2 * x.Length];
        fixed (float* a = x, b = residual, w = weights, y = results)
        {
            RowNormalization.Normalize(
                a, b, new NormalizationWeights((nint)w, (nint)(w + columns), (nint)(w + (2 * columns)), 1e-5f), y, y + x.Length, Count, columns);
        }

        Assert.Equal(digest, Digest(results));
    }

    [Theory]
    [InlineData(1536, false, "b940bee8a6125841")]
    [InlineData(50, true, "e46112a40f478fa7")]
    public void Activated_rows_have_these_bits(int columns, bool hasGate, string digest)
    {
        const int Count = 5;
        var random = new Random(columns);
        float[] x = Draw(random, Count * columns * (hasGate ? 2 : 1)), factors = Draw(random, columns), results = new float[(Count * columns) + Count];
        fixed (float* a = x, f = factors, y = results)
        {
            RowActivation.Activate(a, hasGate, f, 0.01f, y, y + (Count * columns), Count, columns);
        }

        Assert.Equal(digest, Digest(results));
    }

    [Theory]
    [InlineData(33, 32, false, "e36f747927ecbf79")]
    [InlineData(141, 80, true, "ccf5465a97577f31")]
    public void Attention_has_these_bits(int tokens, int headSize, bool isRotary, string digest)
    {
        const int Heads = 2;
        var random = new Random(tokens);
        var (hidden, half) = (Heads * headSize, headSize / 2);
        float[] inputs = Draw(random, 3 * tokens * hidden), turns = Draw(random, 2 * tokens * half), factors = Draw(random, hidden), bias = new float[tokens];
        bias[^1] = -30_000;
        var context = new float[tokens * hidden];
        fixed (float* q = inputs, t = turns, f = factors, b = bias, o = context)
        {
            RowAttention.Run(
                new RowAttentionShape(1, tokens, tokens, Heads, headSize),
                new RowAttentionOperands(
                    (nint)q, (nint)(q + (tokens * hidden)), (nint)(q + (2 * tokens * hidden)), (nint)b, 0, 0,
                    isRotary ? (nint)t : 0, isRotary ? (nint)(t + (tokens * half)) : 0, (nint)f, (nint)o));
        }

        Assert.Equal(digest, Digest(context));
    }

    private static string Digest(float[] values) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())))[..16];

    private static float[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 4) - 2)];
}
