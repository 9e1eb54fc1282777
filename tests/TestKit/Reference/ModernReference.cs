using System.Text.Json;

namespace Reranker.TestKit.Reference;

/// <summary>ModernBERT for sequence classification in double precision, by the names of its own checkpoints, written to be read.</summary>
public sealed class ModernReference
{
    private readonly ReferenceWeights _weights;
    private readonly JsonElement _config;
    private readonly int _hidden;
    private readonly string _folder;
    private readonly string _encoder;

    /// <summary>Reads a checkpoint folder.</summary>
    public ModernReference(string folder)
    {
        _folder = folder;
        _weights = new ReferenceWeights(folder);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        _config = config.RootElement.Clone();
        _hidden = Read("hidden_size");
        _encoder = HasModules ? "" : "model.";
    }

    private bool HasModules => File.Exists(Path.Combine(_folder, "modules.json"));

    /// <summary>The logit of a pair.</summary>
    public double Score(IReadOnlyList<int> ids)
    {
        var words = _weights[$"{_encoder}embeddings.tok_embeddings.weight"];
        var x = Norm([.. ids.Select(id => words[(id * _hidden)..((id + 1) * _hidden)])], $"{_encoder}embeddings.norm");
        for (var i = 0; i < Read("num_hidden_layers"); i++)
        {
            var layer = $"{_encoder}layers.{i}";
            x = Add(x, Linear(Attend(i == 0 ? x : Norm(x, $"{layer}.attn_norm"), i), $"{layer}.attn.Wo"));
            var inner = Linear(Norm(x, $"{layer}.mlp_norm"), $"{layer}.mlp.Wi");
            x = Add(x, Linear([.. inner.Select(t => t.Take(t.Length / 2).Select((v, j) => Gelu(v) * t[j + (t.Length / 2)]).ToArray())], $"{layer}.mlp.Wo"));
        }

        x = Norm(x, $"{_encoder}final_norm");
        return HasModules ? ScoreModules(x) : Classify(x);
    }

    private double Classify(double[][] x)
    {
        var pooled = Pool(x, _config.GetProperty("classifier_pooling").GetString());
        var head = Norm([Linear([pooled], "head.dense")[0].Select(Gelu).ToArray()], "head.norm");
        var bias = _weights["classifier.bias"];
        var labels = Linear(head, "classifier")[0].Select((v, i) => v + bias[i]).ToArray();
        return labels.Length == 1 ? labels[0] : labels[1] - labels[0];
    }

    // Each module's weights are in a folder of its own, and its normalization has a bias.
    private double ScoreModules(double[][] x)
    {
        using var pooling = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "1_Pooling", "config.json")));
        var pooled = Pool(x, pooling.RootElement.GetProperty("pooling_mode").GetString());
        var (dense, norm, output) = (new ReferenceWeights(Path.Combine(_folder, "2_Dense")), new ReferenceWeights(Path.Combine(_folder, "3_LayerNorm")), new ReferenceWeights(Path.Combine(_folder, "4_Dense")));
        var bias = File.ReadAllText(Path.Combine(_folder, "2_Dense", "config.json")).Contains("\"bias\":true", StringComparison.Ordinal) ? dense["linear.bias"] : new double[_hidden];
        var middle = Multiply(pooled, dense["linear.weight"]).Select((v, i) => Gelu(v + bias[i])).ToArray();
        var mean = middle.Average();
        var deviation = Math.Sqrt(middle.Average(v => (v - mean) * (v - mean)) + 1e-5);
        var normed = middle.Select((v, i) => ((v - mean) / deviation * norm["norm.weight"][i]) + norm["norm.bias"][i]).ToArray();
        return Multiply(normed, output["linear.weight"])[0] + output["linear.bias"][0];
    }

    private double[] Pool(double[][] x, string? mode)
        => mode == "mean" ? Enumerable.Range(0, _hidden).Select(h => x.Average(t => t[h])).ToArray() : x[0];

    private bool IsGlobal(int layer) => _config.TryGetProperty("layer_types", out var types)
        ? types[layer].GetString() == "full_attention"
        : layer % Read("global_attn_every_n_layers") == 0;

    private double FindBase(bool isGlobal) => _config.TryGetProperty("rope_parameters", out var parameters)
        ? parameters.GetProperty(isGlobal ? "full_attention" : "sliding_attention").GetProperty("rope_theta").GetDouble()
        : _config.GetProperty(isGlobal ? "global_rope_theta" : "local_rope_theta").GetDouble();

    private double[][] Attend(double[][] x, int layer)
    {
        var joint = Linear(x, $"{_encoder}layers.{layer}.attn.Wqkv");
        var (size, isGlobal) = (_hidden / Read("num_attention_heads"), IsGlobal(layer));
        var turn = FindBase(isGlobal);
        var reach = isGlobal ? int.MaxValue : Read("local_attention") / 2;
        var result = x.Select(_ => new double[_hidden]).ToArray();
        for (var from = 0; from < _hidden; from += size)
        {
            var q = joint.Select((t, place) => Turn(t[from..(from + size)], place, turn)).ToArray();
            var k = joint.Select((t, place) => Turn(t[(_hidden + from)..(_hidden + from + size)], place, turn)).ToArray();
            for (var t = 0; t < x.Length; t++)
            {
                var powers = k.Select((key, other) => Math.Abs(t - other) > reach ? 0 : Math.Exp(q[t].Zip(key, (a, b) => a * b).Sum() / Math.Sqrt(size))).ToArray();
                var all = powers.Sum();
                for (var h = 0; h < size; h++)
                {
                    var sum = 0.0;
                    for (var other = 0; other < x.Length; other++)
                    {
                        sum += powers[other] * joint[other][(2 * _hidden) + from + h];
                    }

                    result[t][from + h] = sum / all;
                }
            }
        }

        return result;
    }

    // A pair of columns, one of each half, is a point of the plane, and its angle grows with the place.
    private static double[] Turn(double[] head, int place, double turn)
    {
        var half = head.Length / 2;
        var result = new double[head.Length];
        for (var i = 0; i < half; i++)
        {
            var point = new System.Numerics.Complex(head[i], head[i + half]) * System.Numerics.Complex.FromPolarCoordinates(1, place * Math.Pow(turn, -2.0 * i / head.Length));
            (result[i], result[i + half]) = (point.Real, point.Imaginary);
        }

        return result;
    }

    private double[][] Linear(double[][] x, string module)
    {
        var weight = _weights[$"{module}.weight"];
        return [.. x.Select(t => Multiply(t, weight))];
    }

    private static double[] Multiply(double[] x, double[] weight)
    {
        var result = new double[weight.Length / x.Length];
        for (var o = 0; o < result.Length; o++)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[o] += x[i] * weight[(o * x.Length) + i];
            }
        }

        return result;
    }

    private double[][] Norm(double[][] x, string module)
    {
        var gain = _weights[$"{module}.weight"];
        return [.. x.Select(t =>
        {
            var mean = t.Average();
            var deviation = Math.Sqrt(t.Average(v => (v - mean) * (v - mean)) + _config.GetProperty("norm_eps").GetDouble());
            return t.Select((v, h) => (v - mean) / deviation * gain[h]).ToArray();
        })];
    }

    private static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (u, v) => u.Zip(v, (p, q) => p + q).ToArray())];

    private int Read(string name) => _config.GetProperty(name).GetInt32();

    internal static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, x);
        for (var n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
