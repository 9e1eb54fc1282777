using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>A matrix of FP32 numbers in memory.</summary>
/// <param name="Values">The first of them.</param>
/// <param name="Stride">From one row to the next.</param>
internal readonly unsafe record struct Rows(nint Values, int Stride)
{
    public float* FindRow(int row) => (float*)Values + ((long)row * Stride);
}

/// <summary>Products of four rows with a matrix, in registers: the inner loop of attention.</summary>
internal static unsafe class RowProduct
{
    /// <summary>Rows that are taken at once.</summary>
    public const int Height = 4;

    private const int Wide = 4 * VectorMath.Width;

    /// <summary><c>result = left · right</c>, of four rows.</summary>
    /// <param name="left">Four rows [4, depth].</param>
    /// <param name="right">The matrix [depth, columns], its rows at cache lines.</param>
    /// <param name="result">Four rows [4, columns], at cache lines too.</param>
    /// <param name="depth">Terms of each sum.</param>
    /// <param name="columns">Columns, a multiple of a vector.</param>
    public static void Multiply(Rows left, Rows right, Rows result, int depth, int columns)
    {
        var column = 0;
        for (; column + Wide <= columns; column += Wide)
        {
            MultiplyWide(left, right, result, depth, column);
        }

        for (; column + (Wide / 2) <= columns; column += Wide / 2)
        {
            MultiplyPair(left, right, result, depth, column);
        }

        if (column < columns)
        {
            MultiplyOne(left, right, result, depth, column);
        }
    }

    // Sixteen sums and the four vectors that they share fit into the 32 registers, and sixteen independent sums hide the latency of an addition.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyWide(Rows left, Rows right, Rows result, int depth, int column)
    {
        float* a = left.FindRow(0), b = left.FindRow(1), c = left.FindRow(2), d = left.FindRow(3);
        var from = (float*)right.Values + column;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        for (var i = 0; i < depth; i++, from += right.Stride)
        {
            var x0 = Vector512.Load(from);
            var x1 = Vector512.Load(from + 16);
            var x2 = Vector512.Load(from + 32);
            var x3 = Vector512.Load(from + 48);
            var factor = Vector512.Create(a[i]);
            (a0, a1) = (Vector512.FusedMultiplyAdd(factor, x0, a0), Vector512.FusedMultiplyAdd(factor, x1, a1));
            (a2, a3) = (Vector512.FusedMultiplyAdd(factor, x2, a2), Vector512.FusedMultiplyAdd(factor, x3, a3));
            factor = Vector512.Create(b[i]);
            (b0, b1) = (Vector512.FusedMultiplyAdd(factor, x0, b0), Vector512.FusedMultiplyAdd(factor, x1, b1));
            (b2, b3) = (Vector512.FusedMultiplyAdd(factor, x2, b2), Vector512.FusedMultiplyAdd(factor, x3, b3));
            factor = Vector512.Create(c[i]);
            (c0, c1) = (Vector512.FusedMultiplyAdd(factor, x0, c0), Vector512.FusedMultiplyAdd(factor, x1, c1));
            (c2, c3) = (Vector512.FusedMultiplyAdd(factor, x2, c2), Vector512.FusedMultiplyAdd(factor, x3, c3));
            factor = Vector512.Create(d[i]);
            (d0, d1) = (Vector512.FusedMultiplyAdd(factor, x0, d0), Vector512.FusedMultiplyAdd(factor, x1, d1));
            (d2, d3) = (Vector512.FusedMultiplyAdd(factor, x2, d2), Vector512.FusedMultiplyAdd(factor, x3, d3));
        }

        Write(result.FindRow(0) + column, a0, a1, a2, a3);
        Write(result.FindRow(1) + column, b0, b1, b2, b3);
        Write(result.FindRow(2) + column, c0, c1, c2, c3);
        Write(result.FindRow(3) + column, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(float* to, Vector512<float> x0, Vector512<float> x1, Vector512<float> x2, Vector512<float> x3)
    {
        x0.Store(to);
        x1.Store(to + 16);
        x2.Store(to + 32);
        x3.Store(to + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPair(Rows left, Rows right, Rows result, int depth, int column)
    {
        float* a = left.FindRow(0), b = left.FindRow(1), c = left.FindRow(2), d = left.FindRow(3);
        var from = (float*)right.Values + column;
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (var i = 0; i < depth; i++, from += right.Stride)
        {
            var x0 = Vector512.Load(from);
            var x1 = Vector512.Load(from + 16);
            var factor = Vector512.Create(a[i]);
            (a0, a1) = (Vector512.FusedMultiplyAdd(factor, x0, a0), Vector512.FusedMultiplyAdd(factor, x1, a1));
            factor = Vector512.Create(b[i]);
            (b0, b1) = (Vector512.FusedMultiplyAdd(factor, x0, b0), Vector512.FusedMultiplyAdd(factor, x1, b1));
            factor = Vector512.Create(c[i]);
            (c0, c1) = (Vector512.FusedMultiplyAdd(factor, x0, c0), Vector512.FusedMultiplyAdd(factor, x1, c1));
            factor = Vector512.Create(d[i]);
            (d0, d1) = (Vector512.FusedMultiplyAdd(factor, x0, d0), Vector512.FusedMultiplyAdd(factor, x1, d1));
        }

        a0.Store(result.FindRow(0) + column);
        a1.Store(result.FindRow(0) + column + 16);
        b0.Store(result.FindRow(1) + column);
        b1.Store(result.FindRow(1) + column + 16);
        c0.Store(result.FindRow(2) + column);
        c1.Store(result.FindRow(2) + column + 16);
        d0.Store(result.FindRow(3) + column);
        d1.Store(result.FindRow(3) + column + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOne(Rows left, Rows right, Rows result, int depth, int column)
    {
        float* a = left.FindRow(0), b = left.FindRow(1), c = left.FindRow(2), d = left.FindRow(3);
        var from = (float*)right.Values + column;
        Vector512<float> a0 = default, b0 = default, c0 = default, d0 = default;
        for (var i = 0; i < depth; i++, from += right.Stride)
        {
            var x = Vector512.Load(from);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Create(a[i]), x, a0);
            b0 = Vector512.FusedMultiplyAdd(Vector512.Create(b[i]), x, b0);
            c0 = Vector512.FusedMultiplyAdd(Vector512.Create(c[i]), x, c0);
            d0 = Vector512.FusedMultiplyAdd(Vector512.Create(d[i]), x, d0);
        }

        a0.Store(result.FindRow(0) + column);
        b0.Store(result.FindRow(1) + column);
        c0.Store(result.FindRow(2) + column);
        d0.Store(result.FindRow(3) + column);
    }
}
