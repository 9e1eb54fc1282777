using System.Numerics.Tensors;
using Reranker.Inference.Models;

namespace Reranker.Onnx.Verification.Source;

/// <summary>What checkpoints with rotary positions compute in their own passes beside products and normalizations.</summary>
internal sealed class RotaryArithmetic(ModelShape shape)
{
    /// <summary>Queries or keys, turned by their places: the halves of a head against each other.</summary>
    /// <param name="x">All tokens.</param>
    /// <param name="turn">Base of the angles.</param>
    /// <param name="divisor">What angles are divided by beside it.</param>
    public float[] Turn(float[] x, double turn, double divisor = 1)
    {
        var size = shape.Hidden / shape.Heads;
        var result = new float[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var (token, column) = (i / shape.Hidden, i % size);
            var (sine, cosine) = Math.SinCos(token / Math.Pow(turn, 2.0 * (column % (size / 2)) / size) / divisor);
            var other = column < size / 2 ? -x[i + (size / 2)] : x[i - (size / 2)];
            result[i] = (float)((x[i] * cosine) + (other * sine));
        }

        return result;
    }

    /// <summary>What each query takes from the values of its window.</summary>
    public float[] Attend(float[] q, float[] k, float[] v, int window)
    {
        var size = shape.Hidden / shape.Heads;
        var result = new float[q.Length];
        for (var token = 0; token < q.Length / shape.Hidden; token++)
        {
            var first = (int)Math.Max(0L, (long)token - window);
            var shares = new float[(int)Math.Min(k.Length / shape.Hidden, (long)token + window + 1) - first];
            for (var from = 0; from < shape.Hidden; from += size)
            {
                var query = q.AsSpan((token * shape.Hidden) + from, size);
                for (var other = 0; other < shares.Length; other++)
                {
                    shares[other] = TensorPrimitives.Dot(query, k.AsSpan(((first + other) * shape.Hidden) + from, size)) / MathF.Sqrt(size);
                }

                TensorPrimitives.SoftMax<float>(shares, shares);
                var target = result.AsSpan((token * shape.Hidden) + from, size);
                for (var other = 0; other < shares.Length; other++)
                {
                    TensorPrimitives.MultiplyAdd(v.AsSpan(((first + other) * shape.Hidden) + from, size), shares[other], target, target);
                }
            }
        }

        return result;
    }

    /// <summary>GELU of the left half of each token times its right half.</summary>
    public float[] Gate(float[] inner)
    {
        var width = shape.FeedForward;
        var result = new float[inner.Length / 2];
        for (var i = 0; i < result.Length; i++)
        {
            var row = i / width * 2 * width;
            result[i] = SourceArithmetic.ComputeGelu(inner[row + (i % width)]) * inner[row + width + (i % width)];
        }

        return result;
    }
}
