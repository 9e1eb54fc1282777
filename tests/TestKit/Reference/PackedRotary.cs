using static Reranker.TestKit.Reference.OnnxFile;

namespace Reranker.TestKit.Reference;

/// <summary>What the operators of packed graphs with rotary positions do, in double precision, by their contract.</summary>
internal static class PackedRotary
{
    /// <summary>Queries and keys turned by their places in their pairs.</summary>
    /// <param name="joint">Queries, keys and values [rows, 3·hidden].</param>
    /// <param name="starts">Boundaries of the pairs.</param>
    /// <param name="frequencies">One for each column of a head's half.</param>
    /// <param name="heads">Heads.</param>
    public static Tensor Turn(Tensor joint, Tensor starts, Tensor frequencies, int heads)
    {
        var (hidden, half) = (joint.Width / 3, frequencies.Values.Length);
        if (hidden / heads != 2 * half)
        {
            throw new ArgumentException($"{half} frequencies for heads of {hidden / heads}");
        }

        double[] values = [.. joint.Values];
        for (var pair = 0; pair + 1 < starts.Values.Length; pair++)
        {
            for (var row = (int)starts.Values[pair]; row < (int)starts.Values[pair + 1]; row++)
            {
                for (var column = 0; column < 2 * hidden; column++)
                {
                    if (column % (2 * half) < half)
                    {
                        var at = (row * joint.Width) + column;
                        var (sine, cosine) = Math.SinCos((row - starts.Values[pair]) * frequencies.Values[column % (2 * half)]);
                        values[at] = (joint.Values[at] * cosine) - (joint.Values[at + half] * sine);
                        values[at + half] = (joint.Values[at + half] * cosine) + (joint.Values[at] * sine);
                    }
                }
            }
        }

        return joint with { Values = values };
    }

    /// <summary>GELU of each row's left half times its right half.</summary>
    public static Tensor Gate(Tensor x)
    {
        var half = x.Width / 2;
        return new Tensor([x.Dims[0], half], [.. x.Values.Chunk(x.Width).SelectMany(row => row.Take(half).Select((v, i) => FindGelu(v) * row[half + i]))]);
    }

    /// <summary>The mean of each pair's rows.</summary>
    public static Tensor FindMeans(Tensor x, Tensor starts)
    {
        var pairs = starts.Values.Length - 1;
        return new Tensor([pairs, x.Width], [.. Enumerable.Range(0, pairs).SelectMany(pair =>
        {
            var rows = Enumerable.Range((int)starts.Values[pair], (int)(starts.Values[pair + 1] - starts.Values[pair])).Select(r => x.GetRow(r).ToArray()).ToList();
            return Enumerable.Range(0, x.Width).Select(i => rows.Average(row => row[i]));
        })]);
    }

    /// <summary>The exact GELU.</summary>
    public static double FindGelu(double x) => ModernReference.Gelu(x);
}
