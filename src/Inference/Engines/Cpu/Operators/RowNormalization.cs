using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reranker.Inference.Engines.Cpu.Operators;

/// <summary>What rows are normalized with, a number a column each.</summary>
internal readonly unsafe record struct NormalizationWeights(nint Gain, nint Bias, nint Factors, float Epsilon);

/// <summary>Layer normalization of one row after another, each of which stays in the nearest cache.</summary>
internal static unsafe class RowNormalization
{
    /// <summary>Normalizes rows.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="residual">Rows that are added before; null for none.</param>
    /// <param name="weights">What they are normalized with.</param>
    /// <param name="result">Receives the rows.</param>
    /// <param name="multiplied">Receives the rows times the factors.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Numbers of a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalize(float* x, float* residual, NormalizationWeights weights, float* result, float* multiplied, long rows, int columns)
    {
        for (; rows > 0; rows--, x += columns, result += columns, multiplied += columns)
        {
            var mean = SumRow(x, residual, result, columns) / columns;
            var variance = SumSquares(result, mean, columns) / columns;
            Scale(result, in weights, mean, 1 / MathF.Sqrt(variance + weights.Epsilon), multiplied, columns);
            residual = residual == null ? null : residual + columns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SumRow(float* x, float* residual, float* result, int columns)
    {
        var (sum, whole) = (Vector512<float>.Zero, VectorMath.CountWhole(columns));
        if (residual == null)
        {
            for (var i = 0; i < whole; i += VectorMath.Width)
            {
                var value = Vector512.Load(x + i);
                value.Store(result + i);
                sum += value;
            }
        }
        else
        {
            for (var i = 0; i < whole; i += VectorMath.Width)
            {
                var value = Vector512.Load(x + i) + Vector512.Load(residual + i);
                value.Store(result + i);
                sum += value;
            }
        }

        if (whole < columns)
        {
            var value = VectorMath.LoadPart(x + whole, columns - whole);
            value = residual == null ? value : value + VectorMath.LoadPart(residual + whole, columns - whole);
            VectorMath.StorePart(value, result + whole, columns - whole);
            sum += value;
        }

        return VectorMath.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SumSquares(float* row, float mean, int columns)
    {
        var (sum, middle, whole) = (Vector512<float>.Zero, Vector512.Create(mean), VectorMath.CountWhole(columns));
        for (var i = 0; i < whole; i += VectorMath.Width)
        {
            var distance = Vector512.Load(row + i) - middle;
            sum = Vector512.FusedMultiplyAdd(distance, distance, sum);
        }

        if (whole < columns)
        {
            var distance = VectorMath.LoadPart(row + whole, columns - whole, mean) - middle;
            sum = Vector512.FusedMultiplyAdd(distance, distance, sum);
        }

        return VectorMath.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(float* row, in NormalizationWeights weights, float mean, float inverse, float* multiplied, int columns)
    {
        float* gain = (float*)weights.Gain, bias = (float*)weights.Bias, factors = (float*)weights.Factors;
        var (middle, scale, whole) = (Vector512.Create(mean), Vector512.Create(inverse), VectorMath.CountWhole(columns));
        for (var i = 0; i < whole; i += VectorMath.Width)
        {
            var normal = (Vector512.Load(row + i) - middle) * scale;
            var value = Vector512.FusedMultiplyAdd(normal, Vector512.Load(gain + i), Vector512.Load(bias + i));
            value.Store(row + i);
            (value * Vector512.Load(factors + i)).Store(multiplied + i);
        }

        if (columns - whole is > 0 and var left)
        {
            var normal = (VectorMath.LoadPart(row + whole, left) - middle) * scale;
            var value = Vector512.FusedMultiplyAdd(normal, VectorMath.LoadPart(gain + whole, left), VectorMath.LoadPart(bias + whole, left));
            VectorMath.StorePart(value, row + whole, left);
            VectorMath.StorePart(value * VectorMath.LoadPart(factors + whole, left), multiplied + whole, left);
        }
    }
}
