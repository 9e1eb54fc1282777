using System.Text.Json;

namespace Reranker.TestKit.Reference;

/// <summary>
/// The forward pass of XLM-RoBERTa, RoBERTa and BERT for sequence classification in double precision, written to be read: one pair at a time,
/// no padding, no fusion. Everything else is compared with it.
/// </summary>
public sealed class ReferenceModel
{
    private readonly ReferenceWeights _weights;
    private readonly int _layers;
    private readonly int _hidden;
    private readonly int _heads;
    private readonly double _epsilon;
    private readonly bool _isBert;
    private readonly int _separator;
    private readonly string _prefix;

    /// <summary>Reads a checkpoint folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="separator">Id behind which a BERT's second segment begins.</param>
    public ReferenceModel(string folder, int separator = TinyVocabularies.Separator)
    {
        _weights = new ReferenceWeights(folder);
        using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        _layers = config.RootElement.GetProperty("num_hidden_layers").GetInt32();
        _hidden = config.RootElement.GetProperty("hidden_size").GetInt32();
        _heads = config.RootElement.GetProperty("num_attention_heads").GetInt32();
        _epsilon = config.RootElement.GetProperty("layer_norm_eps").GetDouble();
        _isBert = config.RootElement.GetProperty("architectures")[0].GetString() == "BertForSequenceClassification";
        _prefix = _isBert ? "bert" : "roberta";
        _separator = _isBert ? separator : -1;
    }

    /// <summary>The logit of a pair, special tokens included in the ids.</summary>
    public double Score(IReadOnlyList<int> ids)
    {
        var x = Embed(ids);
        for (var i = 0; i < _layers; i++)
        {
            var layer = $"{_prefix}.encoder.layer.{i}";
            var attended = Linear(Attend(x, $"{layer}.attention.self"), $"{layer}.attention.output.dense");
            x = Norm(Add(attended, x), $"{layer}.attention.output.LayerNorm");
            var inner = Linear(x, $"{layer}.intermediate.dense").Select(t => t.Select(Gelu).ToArray()).ToArray();
            x = Norm(Add(Linear(inner, $"{layer}.output.dense"), x), $"{layer}.output.LayerNorm");
        }

        var head = Linear([x[0]], _isBert ? "bert.pooler.dense" : "classifier.dense")[0].Select(Math.Tanh).ToArray();
        var labels = Linear([head], _isBert ? "classifier" : "classifier.out_proj")[0];
        return labels.Length == 1 ? labels[0] : labels[1] - labels[0];
    }

    private double[][] Embed(IReadOnlyList<int> ids)
    {
        var words = _weights[$"{_prefix}.embeddings.word_embeddings.weight"];
        var positions = _weights[$"{_prefix}.embeddings.position_embeddings.weight"];
        var type = _weights[$"{_prefix}.embeddings.token_type_embeddings.weight"];
        var first = _isBert ? 0 : 2;
        var separator = ids.ToList().IndexOf(_separator);
        var sum = Enumerable.Range(0, ids.Count).Select(t => Enumerable.Range(0, _hidden)
            .Select(h => words[(ids[t] * _hidden) + h] + positions[((t + first) * _hidden) + h]
                + type[(separator >= 0 && t > separator ? _hidden : 0) + h]).ToArray());
        return Norm([.. sum], $"{_prefix}.embeddings.LayerNorm");
    }

    private double[][] Attend(double[][] x, string module)
    {
        var (q, k, v) = (Linear(x, $"{module}.query"), Linear(x, $"{module}.key"), Linear(x, $"{module}.value"));
        var size = _hidden / _heads;
        var result = x.Select(_ => new double[_hidden]).ToArray();
        for (var head = 0; head < _heads; head++)
        {
            var from = head * size;
            for (var t = 0; t < x.Length; t++)
            {
                var shares = Softmax([.. k.Select(key => Dot(q[t], key, from, size) / Math.Sqrt(size))]);
                for (var other = 0; other < x.Length; other++)
                {
                    for (var h = from; h < from + size; h++)
                    {
                        result[t][h] += shares[other] * v[other][h];
                    }
                }
            }
        }

        return result;
    }

    private double[][] Linear(double[][] x, string module)
    {
        var (weight, bias) = (_weights[$"{module}.weight"], _weights[$"{module}.bias"]);
        return [.. x.Select(t => bias.Select((b, o) =>
        {
            var sum = b;
            for (var i = 0; i < t.Length; i++)
            {
                sum += t[i] * weight[(o * t.Length) + i];
            }

            return sum;
        }).ToArray())];
    }

    private double[][] Norm(double[][] x, string module)
    {
        var (gain, bias) = (_weights[$"{module}.weight"], _weights[$"{module}.bias"]);
        return [.. x.Select(t =>
        {
            var mean = t.Average();
            var deviation = Math.Sqrt(t.Average(v => (v - mean) * (v - mean)) + _epsilon);
            return t.Select((v, h) => ((v - mean) / deviation * gain[h]) + bias[h]).ToArray();
        })];
    }

    private static double[][] Add(double[][] a, double[][] b)
        => [.. a.Zip(b, (u, v) => u.Zip(v, (p, q) => p + q).ToArray())];

    private static double Dot(double[] a, double[] b, int from, int count)
    {
        var sum = 0.0;
        for (var i = from; i < from + count; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static double[] Softmax(double[] scores)
    {
        var max = scores.Max();
        var powers = scores.Select(s => Math.Exp(s - max)).ToArray();
        var sum = powers.Sum();
        return [.. powers.Select(p => p / sum)];
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)));

    // erf(x) = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!: all terms have one sign, so nothing cancels.
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
