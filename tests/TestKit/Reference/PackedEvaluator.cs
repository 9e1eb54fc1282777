using static Reranker.TestKit.Reference.OnnxFile;

namespace Reranker.TestKit.Reference;

/// <summary>
/// Runs a packed graph of the CUDA engine's operators in double precision, by what their contract says: FP16 results are rounded
/// to FP16, e4m3 ones to e4m3, and nothing else is. An operator that it does not know fails the test that needs it.
/// </summary>
/// <param name="path">The graph file; its weights lie beside it.</param>
/// <param name="roundsHalf">
/// False leaves FP16 results as they are. What rounding to FP16 moves by little, rounding to e4m3 moves on by much: after a few
/// layers two runs that round otherwise are as far apart as either is from an exact one.
/// </param>
/// <param name="shape">Shape of the model; null for positions from 2 on and one segment.</param>
public sealed class PackedEvaluator(string path, bool roundsHalf = true, Inference.Models.ModelShape? shape = null)
{

    private readonly OnnxFile _graph = new(path);

    /// <summary>The logits of pairs, all in one run.</summary>
    public double[] Score(IReadOnlyList<int[]> pairs)
    {
        var values = new Dictionary<string, Tensor>(_graph.Initializers)
        {
            ["input_ids"] = CreateList(pairs.SelectMany(p => p.Select(id => (double)id))),
            ["position_ids"] = CreateList(pairs.SelectMany(ListPositions)),
            ["cu_seqlens"] = CreateList(Enumerable.Range(0, pairs.Count + 1).Select(i => (double)pairs.Take(i).Sum(p => p.Length))),
        };
        foreach (var node in _graph.Nodes)
        {
            var results = Run(node, [.. node.Inputs.Select(i => values[i])]);
            foreach (var (output, result) in node.Outputs.Zip(results))
            {
                values.Add(output, result);
            }
        }

        return values["logits"].Values;
    }

    // From 2 on, or from where the model says; behind the end of a first segment in the table's second half.
    private IEnumerable<double> ListPositions(int[] pair)
    {
        var second = false;
        for (var i = 0; i < pair.Length; i++)
        {
            yield return (shape?.FirstPosition ?? 2) + i + (second ? shape!.Positions : 0);
            second |= pair[i] == shape?.SecondSegmentAfter;
        }
    }

    private Tensor[] Run(Node node, Tensor[] x) => node.Operation switch
    {
        "Gather" => [Gather(x[0], x[1])],
        "Slice" => [CreateList(x[0].Values.Take(x[0].Values.Length - 1))],
        "Concat" => [Concat(x, (int)node.Attributes["axis"])],
        "Cast" => [x[0]],
        "Add" => [ToHalf(Add(x[0], x[0] with { Values = [.. x[0].Values.Select((_, i) => x[1].Values[i % x[1].Values.Length])] }))],
        "Tanh" => [x[0] with { Values = [.. x[0].Values.Select(Math.Tanh)] }],
        "Gemm" => [Multiply(x[0], Turn(x[1]), x[2], 1)],
        "Linear" => [ToHalf(Multiply(x[0], Turn(x[1]), x[2], 1))],
        "LinearGelu" => [ToHalf(AddGelu(Multiply(x[0], Turn(x[1]), x[2], 1)))],
        "Fp8Linear" => [ToHalf(Multiply(Decode(x[0]), Decode(x[1]), x[2], node.Attributes["scale"]))],
        "Fp8LinearGelu" => [Encode(AddGelu(Multiply(Decode(x[0]), Decode(x[1]), x[2], node.Attributes["scale"])), node)],
        "PackedAttention" => [ToHalf(Attend(x[0], x[1], (int)node.Attributes["heads"]))],
        "PackedAttentionFp8" => [Encode(Attend(x[0], x[1], (int)node.Attributes["heads"]), node)],
        "PackedRotaryAttention" => [ToHalf(AttendTurned(x, node))],
        "PackedRotaryAttentionFp8" => [Encode(AttendTurned(x, node), node)],
        "PackedMean" => [PackedRotary.FindMeans(x[0], x[1])],
        "GatedGelu" => [ToHalf(PackedRotary.Gate(x[0]))],
        "GatedGeluFp8" => [Encode(PackedRotary.Gate(x[0]), node)],
        "KeptSum" => [ToHalf(Add(x[0], x[1])), ToHalf(Normalize(x, node.Attributes["epsilon"]))],
        "KeptSumFp8" => [ToHalf(Add(x[0], x[1])), Encode(Normalize(x, node.Attributes["epsilon"]), node)],
        "QuantizeFp8" => [Encode(x[0], node)],
        "Gelu" => [x[0] with { Values = [.. x[0].Values.Select(PackedRotary.FindGelu)] }],
        "LayerNormalization" => [Narrow(Normalize([x[0], x[0] with { Values = new double[x[0].Values.Length] }, x[1], x[2]], node.Attributes["epsilon"]), node)],
        "NormalizedSum" => [ToHalf(Normalize(x, node.Attributes["epsilon"]))],
        "NormalizedSumFp8" => [ToHalf(Normalize(x, node.Attributes["epsilon"])), Encode(Normalize(x, node.Attributes["epsilon"]), node)],
        "NormalizedEmbeddings" => [ToHalf(Normalize(LookUp(x), node.Attributes["epsilon"]))],
        "NormalizedEmbeddingsFp8" => [ToHalf(Normalize(LookUp(x), node.Attributes["epsilon"])), Encode(Normalize(LookUp(x), node.Attributes["epsilon"]), node)],
        _ => throw new NotSupportedException(node.Operation),
    };

    private static Tensor[] LookUp(Tensor[] x) => [Gather(x[0], x[1]), Gather(x[2], x[3]), x[4], x[5]];

    private static Tensor Gather(Tensor table, Tensor rows) => Create(table, rows.Dims, rows.Values.SelectMany(row => table.GetRow((long)row).ToArray()));

    private static Tensor CreateList(IEnumerable<double> values)
    {
        var list = values.ToArray();
        return new Tensor([list.Length], list);
    }

    private static Tensor Create(Tensor table, long[] dims, IEnumerable<double> values) => new([.. dims, .. table.Dims[1..]], [.. values]);

    private Tensor ToHalf(Tensor x) => !roundsHalf ? x : x with { Values = [.. x.Values.Select(v => (double)(Half)v)] };

    // The classifier's is FP32.
    private Tensor Narrow(Tensor x, Node node) => node.Outputs[0].StartsWith("head/", StringComparison.Ordinal) ? x : ToHalf(x);

    private static Tensor Add(Tensor a, Tensor b) => a with { Values = [.. a.Values.Zip(b.Values, (u, v) => u + v)] };

    private static Tensor AttendTurned(Tensor[] x, Node node)
    {
        var heads = (int)node.Attributes["heads"];
        return Attend(PackedRotary.Turn(x[0], x[1], x[2], heads), x[1], heads, (int)node.Attributes["window"]);
    }

    private static Tensor Decode(Tensor x) => x with { Values = [.. x.Values.Select(v => E4M3Reference.Decode((int)v))] };

    private static Tensor Encode(Tensor x, Node node)
        => x with { Values = [.. x.Values.Select(v => (double)E4M3Reference.Encode(v / node.Attributes["output_scale"]))] };

    private static Tensor AddGelu(Tensor x)
        => x with { Values = [.. x.Values.Select(v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + (0.044715 * v * v * v)))))] };

    private static Tensor Turn(Tensor x)
    {
        var (rows, columns) = ((int)x.Dims[0], x.Width);
        return new Tensor(
            [columns, rows], [.. Enumerable.Range(0, columns).SelectMany(c => Enumerable.Range(0, rows).Select(r => x.Values[(r * columns) + c]))]);
    }

    private static Tensor Concat(Tensor[] parts, int axis)
    {
        if (axis == 0)
        {
            return new Tensor([parts.Sum(p => p.Dims[0]), .. parts[0].Dims[1..]], [.. parts.SelectMany(p => p.Values)]);
        }

        var rows = (int)parts[0].Dims[0];
        return new Tensor(
            [rows, parts.Sum(p => p.Dims[1])], [.. Enumerable.Range(0, rows).SelectMany(r => parts.SelectMany(p => p.GetRow(r).ToArray()))]);
    }

    // x [rows, in], w [out, in].
    private static Tensor Multiply(Tensor x, Tensor w, Tensor bias, double scale)
    {
        if (x.Width != w.Width || bias.Width != w.Dims[0])
        {
            throw new ArgumentException($"[{string.Join(", ", x.Dims)}] · [{string.Join(", ", w.Dims)}]ᵀ + [{bias.Width}]");
        }

        var (rows, columns) = ((int)x.Dims[0], (int)w.Dims[0]);
        var sums = new double[rows * columns];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                sums[(r * columns) + c] = (scale * Dot(x.GetRow(r), w.GetRow(c))) + bias.Values[c];
            }
        }

        return new Tensor([rows, columns], sums);
    }

    private static Tensor Normalize(Tensor[] x, double epsilon)
    {
        var width = x[0].Width;
        var values = x[0].Values.Zip(x[1].Values, (a, b) => a + b).Chunk(width).SelectMany(row =>
        {
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + epsilon);
            return row.Select((v, i) => ((v - mean) / deviation * x[2].Values[i]) + x[3].Values[i]);
        });
        return new Tensor(x[0].Dims, [.. values]);
    }

    private static Tensor Attend(Tensor joint, Tensor starts, int heads, int window = -1)
    {
        var (rows, hidden) = ((int)joint.Dims[0], joint.Width / 3);
        var size = hidden / heads;
        var context = new double[rows * hidden];
        for (var pair = 0; pair + 1 < starts.Values.Length; pair++)
        {
            var (first, end) = ((int)starts.Values[pair], (int)starts.Values[pair + 1]);
            for (var row = first; row < end; row++)
            {
                for (var head = 0; head < heads; head++)
                {
                    var query = joint.GetRow(row).Slice(head * size, size);
                    var powers = new double[end - first];
                    for (var key = window < 0 ? first : Math.Max(first, row - window); key < (window < 0 ? end : Math.Min(end, row + window + 1)); key++)
                    {
                        powers[key - first] = Math.Exp(Dot(query, joint.GetRow(key).Slice(hidden + (head * size), size)) / Math.Sqrt(size));
                    }

                    var all = powers.Sum();
                    for (var i = 0; i < size; i++)
                    {
                        var (at, sum) = ((2 * hidden) + (head * size) + i, 0.0);
                        for (var k = 0; k < powers.Length; k++)
                        {
                            sum += powers[k] * joint.Values[((first + k) * joint.Width) + at];
                        }

                        context[(row * hidden) + (head * size) + i] = sum / all;
                    }
                }
            }
        }

        return new Tensor([rows, hidden], context);
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
