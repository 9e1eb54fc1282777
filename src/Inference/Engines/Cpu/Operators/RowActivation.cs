using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>The middle of a feed-forward: GELU, a factor a column, and each row divided by its largest value.</summary>
internal static unsafe class RowActivation
{
    /// <summary>Activates rows.</summary>
    /// <param name="x">Rows of columns, or of twice as many where there is a gate: the left half is activated and multiplied with the right one.</param>
    /// <param name="hasGate">Whether there is one. A gated value has both signs, so the largest magnitude counts; GELU is hardly ever below zero.</param>
    /// <param name="factors">A factor a column.</param>
    /// <param name="floor">The least that a row is divided by.</param>
    /// <param name="even">Receives the rows.</param>
    /// <param name="largest">Receives what each was divided by.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Numbers of a row of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Activate(float* x, bool hasGate, float* factors, float floor, float* even, float* largest, long rows, int columns)
    {
        for (; rows > 0; rows--, even += columns, largest++)
        {
            *largest = MathF.Max(floor, hasGate ? ActivateGated(x, factors, even, columns) : ActivateRow(x, factors, even, columns));
            x += hasGate ? 2 * columns : columns;
            Multiply(even, 1 / *largest, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ActivateRow(float* x, float* factors, float* result, int columns)
    {
        var (largest, whole) = (Vector512<float>.Zero, VectorMath.CountWhole(columns));
        for (var i = 0; i < whole; i += VectorMath.Width)
        {
            var value = VectorMath.ActivateGelu(Vector512.Load(x + i)) * Vector512.Load(factors + i);
            value.Store(result + i);
            largest = Vector512.MaxNative(largest, value);
        }

        if (columns - whole is > 0 and var left)
        {
            var value = VectorMath.ActivateGelu(VectorMath.LoadPart(x + whole, left)) * VectorMath.LoadPart(factors + whole, left);
            VectorMath.StorePart(value, result + whole, left);
            largest = Vector512.MaxNative(largest, value);
        }

        return VectorMath.FindLargest(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ActivateGated(float* x, float* factors, float* result, int columns)
    {
        var (largest, whole) = (Vector512<float>.Zero, VectorMath.CountWhole(columns));
        var gate = x + columns;
        for (var i = 0; i < whole; i += VectorMath.Width)
        {
            var value = VectorMath.ActivateGelu(Vector512.Load(x + i)) * Vector512.Load(gate + i) * Vector512.Load(factors + i);
            value.Store(result + i);
            largest = Vector512.MaxNative(largest, Vector512.Abs(value));
        }

        if (columns - whole is > 0 and var left)
        {
            var value = VectorMath.ActivateGelu(VectorMath.LoadPart(x + whole, left)) * VectorMath.LoadPart(gate + whole, left)
                * VectorMath.LoadPart(factors + whole, left);
            VectorMath.StorePart(value, result + whole, left);
            largest = Vector512.MaxNative(largest, Vector512.Abs(value));
        }

        return VectorMath.FindLargest(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(float* row, float factor, int columns)
    {
        var (factors, whole) = (Vector512.Create(factor), VectorMath.CountWhole(columns));
        for (var i = 0; i < whole; i += VectorMath.Width)
        {
            (Vector512.Load(row + i) * factors).Store(row + i);
        }

        for (var i = whole; i < columns; i++)
        {
            row[i] *= factor;
        }
    }
}
