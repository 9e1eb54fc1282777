using Reranker.Inference.Models;

namespace Reranker.Onnx.Verification;

/// <summary>
/// Makes the probes of a manifest: pairs of different lengths with the logits of the finished graph, one pair a run on the
/// CPU provider. An engine compares its own logits with them at start. They catch a graph that was swapped or edited, and
/// CPUs whose INT8 kernels saturate (U8S8 products without VNNI or its like).
/// </summary>
internal static class ModelProbes
{
    private const int Seed = 20_250_101;
    private const int FirstTextId = 4;

    // Beyond this many weights a probe takes seconds on a CPU: two short ones tell a wrong graph as surely as eight.
    private const long LargeModelBytes = 512L << 20;

    private static readonly int[] Lengths = [5, 9, 16, 27, 48, 77, 128, 200];
    private static readonly int[] LengthsOfLargeModels = [9, 24];

    /// <summary>Runs the probes on a loaded graph.</summary>
    public static IReadOnlyList<ManifestProbe> Run(
        GraphRunner runner, ModelShape shape, int maxPairTokens, long weightBytes, CancellationToken cancellationToken)
    {
        var lengths = weightBytes > LargeModelBytes ? LengthsOfLargeModels : Lengths;
        var random = new Random(Seed);
        var probes = new List<ManifestProbe>();
        foreach (var length in lengths.Select(l => Math.Min(l, maxPairTokens)).Distinct())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var ids = Pair(random, length, shape.Vocabulary);
            var logit = runner.Score([ids])[0];
            if (!float.IsFinite(logit))
            {
                throw new ModelFolderException("padded", $"the graph gives {logit} for a pair of {length} tokens");
            }

            probes.Add(new ManifestProbe(ids, logit));
        }

        return probes;
    }

    // <s> query </s></s> passage </s> with random pieces; the query has a third of the text.
    private static int[] Pair(Random random, int length, int vocabulary)
    {
        var ids = new int[length];
        for (var i = 1; i < length; i++)
        {
            ids[i] = random.Next(FirstTextId, vocabulary - 1);
        }

        var query = (length - 4) / 3;
        (ids[0], ids[1 + query], ids[2 + query], ids[^1]) = (0, 2, 2, 2);
        return ids;
    }
}
