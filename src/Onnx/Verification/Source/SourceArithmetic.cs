using System.Numerics.Tensors;
using Reranker.Onnx.HuggingFace;

namespace Reranker.Onnx.Verification.Source;

/// <summary>Products and normalizations of a checkpoint's own pass, with its weights as they are stored.</summary>
internal sealed class SourceArithmetic(Checkpoint checkpoint)
{
    // A weight is [out, in]: one output is one row times the token.
    public float[] Multiply(ReadOnlySpan<float> x, string module)
    {
        var weight = checkpoint[$"{module}.weight"].ReadAll();
        var bias = checkpoint[$"{module}.bias"].ReadAll();
        var width = weight.Length / bias.Length;
        var result = new float[x.Length / width * bias.Length];
        for (var token = 0; token < x.Length / width; token++)
        {
            var row = x.Slice(token * width, width);
            for (var o = 0; o < bias.Length; o++)
            {
                result[(token * bias.Length) + o] = bias[o] + TensorPrimitives.Dot(row, weight.AsSpan(o * width, width));
            }
        }

        return result;
    }

    public float[] Normalize(float[] x, string module)
    {
        var (gain, bias) = (checkpoint[$"{module}.weight"].ReadAll(), checkpoint[$"{module}.bias"].ReadAll());
        var result = new float[x.Length];
        for (var token = 0; token < x.Length; token += gain.Length)
        {
            double mean = 0, variance = 0;
            for (var i = token; i < token + gain.Length; i++)
            {
                mean += x[i];
            }

            mean /= gain.Length;
            for (var i = token; i < token + gain.Length; i++)
            {
                variance += (x[i] - mean) * (x[i] - mean);
            }

            var deviation = Math.Sqrt((variance / gain.Length) + checkpoint.Shape.LayerNormEpsilon);
            for (var i = 0; i < gain.Length; i++)
            {
                result[token + i] = (float)((x[token + i] - mean) / deviation * gain[i]) + bias[i];
            }
        }

        return result;
    }

    public static float ComputeGelu(float x) => (float)(0.5 * x * (1 + ComputeErf(x / Math.Sqrt(2))));

    // A power series near zero, where nothing cancels, and a continued fraction for the rest beyond it.
    private static double ComputeErf(double x)
    {
        const double Border = 2;
        var magnitude = Math.Abs(x);
        if (magnitude > Border)
        {
            var fraction = 0.0;
            for (var n = 60; n > 0; n--)
            {
                fraction = n / 2.0 / (magnitude + fraction);
            }

            return Math.Sign(x) * (1 - (Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (magnitude + fraction))));
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-16 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
