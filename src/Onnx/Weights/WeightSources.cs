using System.Numerics.Tensors;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Weights;

/// <summary>Where the values of a weights file come from. Each holds at most one block of a tensor in memory.</summary>
internal static class WeightSources
{
    private const int BlockElements = 1 << 20;

    /// <summary>The tensor as it is.</summary>
    public static WeightSource CopyTensor(StoredTensor tensor) => writer =>
    {
        var block = new float[Math.Min(BlockElements, tensor.Elements)];
        for (long done = 0; done < tensor.Elements;)
        {
            var part = block.AsSpan(0, (int)Math.Min(block.Length, tensor.Elements - done));
            tensor.Read(done, part);
            writer.WriteValues(part);
            done += part.Length;
        }
    };

    /// <summary>A matrix [out, in] as [in, out]: blocks of columns are read from every row and written as rows.</summary>
    public static WeightSource TransposeMatrix(StoredTensor tensor) => writer =>
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var width = Math.Clamp(BlockElements / rows, 1, columns);
        var block = new float[(long)rows * width];
        var turned = new float[(long)rows * width];
        for (var first = 0; first < columns; first += width)
        {
            var count = Math.Min(width, columns - first);
            ReadColumns(tensor, first, count, block);
            TransposeBlock<float>(block, turned, rows, count);
            writer.WriteValues(turned.AsSpan(0, rows * count));
        }
    };

    /// <summary>The position table once for each token type, whose row is added in FP32 before any rounding.</summary>
    public static WeightSource SumPositionsAndTokenTypes(StoredTensor positions, StoredTensor tokenTypes) => writer =>
    {
        var row = new float[tokenTypes.Shape[1]];
        var type = new float[row.Length];
        for (long segment = 0; segment < tokenTypes.Shape[0]; segment++)
        {
            tokenTypes.Read(segment * type.Length, type);
            for (long i = 0; i < positions.Shape[0]; i++)
            {
                positions.Read(i * row.Length, row);
                TensorPrimitives.Add(row, type, row);
                writer.WriteValues(row);
            }
        }
    };

    /// <summary>Bias plus matrix [out, in] times another bias [in], in FP32 before any rounding.</summary>
    public static WeightSource FoldBias(StoredTensor matrix, StoredTensor bias, StoredTensor inner) => writer =>
    {
        var (sum, before) = (bias.ReadAll(), inner.ReadAll());
        var row = new float[before.Length];
        for (var i = 0; i < sum.Length; i++)
        {
            matrix.Read((long)i * row.Length, row);
            sum[i] += TensorPrimitives.Dot(row, before);
        }

        writer.WriteValues(sum);
    };

    private static void ReadColumns(StoredTensor tensor, int first, int count, float[] block)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        if (count == columns)
        {
            tensor.Read(0, block.AsSpan(0, rows * columns));
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            tensor.Read(((long)row * columns) + first, block.AsSpan(row * count, count));
        }
    }

    /// <summary>A matrix in memory, transposed.</summary>
    internal static T[] Transpose<T>(ReadOnlySpan<T> source, int rows, int columns)
    {
        var target = new T[source.Length];
        TransposeBlock(source, target, rows, columns);
        return target;
    }

    /// <summary>Transposes in squares that stay in the cache.</summary>
    internal static void TransposeBlock<T>(ReadOnlySpan<T> source, Span<T> target, int rows, int columns)
    {
        const int Square = 32;
        for (var r0 = 0; r0 < rows; r0 += Square)
        {
            for (var c0 = 0; c0 < columns; c0 += Square)
            {
                for (var c = c0; c < Math.Min(c0 + Square, columns); c++)
                {
                    for (var r = r0; r < Math.Min(r0 + Square, rows); r++)
                    {
                        target[(c * rows) + r] = source[(r * columns) + c];
                    }
                }
            }
        }
    }
}
