using System.Numerics;
using System.Text.Json;

namespace Reranker.TestKit.Reference;

/// <summary>gte's NewModel for sequence classification in double precision, by the names of its own checkpoints, written to be read.</summary>
public sealed class NewModelReference
{
    private readonly ReferenceWeights _weights;
    private readonly JsonElement _config;
    private readonly int _hidden;

    /// <summary>Reads a checkpoint folder.</summary>
    public NewModelReference(string folder)
    {
        _weights = new ReferenceWeights(folder);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        _config = config.RootElement.Clone();
        _hidden = Read("hidden_size");
    }

    /// <summary>The logit of a pair.</summary>
    public double Score(IReadOnlyList<int> ids)
    {
        var words = _weights["new.embeddings.word_embeddings.weight"];
        var segment = Read("type_vocab_size") > 0 ? _weights["new.embeddings.token_type_embeddings.weight"] : new double[_hidden];
        var x = Norm([.. ids.Select(id => Enumerable.Range(0, _hidden).Select(h => words[(id * _hidden) + h] + segment[h]).ToArray())], "new.embeddings.LayerNorm");
        for (var i = 0; i < Read("num_hidden_layers"); i++)
        {
            var layer = $"new.encoder.layer.{i}";
            x = Norm(Add(x, Linear(Attend(x, i), $"{layer}.attention.o_proj")), $"{layer}.attn_ln");
            var both = Product(x, $"{layer}.mlp.up_gate_proj");
            var gated = both.Select(t => Enumerable.Range(0, t.Length / 2).Select(j => t[j] * ModernReference.Gelu(t[j + (t.Length / 2)])).ToArray()).ToArray();
            x = Norm(Add(x, Linear(gated, $"{layer}.mlp.down_proj")), $"{layer}.mlp_ln");
        }

        var pooled = Linear([x[0]], "new.pooler.dense")[0].Select(Math.Tanh).ToArray();
        var labels = Linear([pooled], "classifier")[0];
        return labels.Length == 1 ? labels[0] : labels[1] - labels[0];
    }

    private double[][] Attend(double[][] x, int layer)
    {
        var joint = Linear(x, $"new.encoder.layer.{layer}.attention.qkv_proj");
        var size = _hidden / Read("num_attention_heads");
        var result = x.Select(_ => new double[_hidden]).ToArray();
        for (var from = 0; from < _hidden; from += size)
        {
            var q = joint.Select((t, place) => Turn(t[from..(from + size)], place)).ToArray();
            var k = joint.Select((t, place) => Turn(t[(_hidden + from)..(_hidden + from + size)], place)).ToArray();
            for (var t = 0; t < x.Length; t++)
            {
                var powers = k.Select(key => Math.Exp(q[t].Zip(key, (a, b) => a * b).Sum() / Math.Sqrt(size))).ToArray();
                for (var h = 0; h < size; h++)
                {
                    result[t][from + h] = powers.Select((p, other) => p * joint[other][(2 * _hidden) + from + h]).Sum() / powers.Sum();
                }
            }
        }

        return result;
    }

    // A pair of columns, one of each half, is a point of the plane, and its angle grows with the place. Stretching by a factor multiplies
    // the base, and divides all frequencies by the factor to the power of two over a head's columns.
    private double[] Turn(double[] head, int place)
    {
        var half = head.Length / 2;
        var factor = _config.TryGetProperty("rope_scaling", out var scaling) && scaling.ValueKind == JsonValueKind.Object ? scaling.GetProperty("factor").GetDouble() : 1;
        var result = new double[head.Length];
        for (var i = 0; i < half; i++)
        {
            var frequency = Math.Pow(_config.GetProperty("rope_theta").GetDouble() * factor, -2.0 * i / head.Length) * Math.Pow(factor, -2.0 / head.Length);
            var point = new Complex(head[i], head[i + half]) * Complex.FromPolarCoordinates(1, place * frequency);
            (result[i], result[i + half]) = (point.Real, point.Imaginary);
        }

        return result;
    }

    private double[][] Linear(double[][] x, string module)
    {
        var bias = _weights[$"{module}.bias"];
        return [.. Product(x, module).Select(t => t.Zip(bias, (v, b) => v + b).ToArray())];
    }

    private double[][] Product(double[][] x, string module)
    {
        var weight = _weights[$"{module}.weight"];
        return [.. x.Select(t => Enumerable.Range(0, weight.Length / t.Length).Select(o => t.Select((v, i) => v * weight[(o * t.Length) + i]).Sum()).ToArray())];
    }

    private double[][] Norm(double[][] x, string module)
    {
        var (gain, bias) = (_weights[$"{module}.weight"], _weights[$"{module}.bias"]);
        return [.. x.Select(t =>
        {
            var mean = t.Average();
            var deviation = Math.Sqrt(t.Average(v => (v - mean) * (v - mean)) + _config.GetProperty("layer_norm_eps").GetDouble());
            return t.Select((v, h) => ((v - mean) / deviation * gain[h]) + bias[h]).ToArray();
        })];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (u, v) => u.Zip(v, (p, q) => p + q).ToArray())];

    private int Read(string name) => _config.GetProperty(name).GetInt32();
}
