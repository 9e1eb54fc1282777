using Reranker.Inference.Models;

namespace Reranker.Onnx.Verification;

/// <summary>
/// Makes the probes of a manifest: pairs of different lengths with the logits of the finished graph, one pair a run on the
/// CPU provider. An engine compares its own logits with them at start. They catch a graph that was swapped or edited, and
/// CPUs whose INT8 kernels saturate (U8S8 products without VNNI or its like). A large FP16 or QDQ model gets none: the CPU provider
/// has no FP16 product and widens all matrices at once, 1 GB for 24 layers, which is more than an import may take.
/// </summary>
internal static class ModelProbes
{
    private const int Seed = 20_250_101;
    private const int FirstTextId = 4;

    // Beyond this many weights a probe takes seconds on a CPU: two short ones tell a wrong graph as surely as eight.
    private const long LargeModelBytes = 512L << 20;

    private const long LargeFp16Bytes = 128L << 20;
    private const int Candidates = 6;

    private static readonly int[] Lengths = [5, 9, 16, 27, 48, 77, 128, 200];
    private static readonly int[] LengthsOfLargeModels = [9, 24];

    /// <summary>Runs the probes on a loaded graph.</summary>
    /// <param name="runner">The graph as engines run it, or as near to it as memory allows.</param>
    /// <param name="second">
    /// The same graph with its operators unfused, or null. Where rounding decides over quantization levels, such as in INT8,
    /// the two differ by up to 0.1 on a few pairs; another processor would differ there as well, so such pairs are no probes.
    /// </param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="maxPairTokens">Most tokens of a pair.</param>
    /// <param name="precision">Precision of the graph.</param>
    /// <param name="weightBytes">Size of the weights.</param>
    /// <param name="cancellationToken">Ends the probing.</param>
    public static IReadOnlyList<ManifestProbe> Run(
        GraphRunner runner, GraphRunner? second, ModelShape shape, int maxPairTokens, ModelPrecision precision, long weightBytes, CancellationToken cancellationToken)
    {
        var isLarge = weightBytes > LargeModelBytes;
        if (Skips(precision, weightBytes))
        {
            return [];
        }

        var lengths = isLarge ? LengthsOfLargeModels : Lengths;
        var random = new Random(Seed);
        return [.. lengths.Select(l => Math.Min(l, maxPairTokens)).Distinct()
            .Select(length => Steadiest(runner, second, random, length, shape.Vocabulary, cancellationToken))];
    }

    /// <summary>True for a model that is too large to be run here in its precision.</summary>
    public static bool Skips(ModelPrecision precision, long weightBytes)
        => (precision == ModelPrecision.Fp16 || precision == ModelPrecision.Int8Qdq) && weightBytes > LargeFp16Bytes;

    private static ManifestProbe Steadiest(
        GraphRunner runner, GraphRunner? second, Random random, int length, int vocabulary, CancellationToken cancellationToken)
    {
        (ManifestProbe Probe, float Difference)? best = null;
        var candidates = second is null ? 1 : Candidates;
        for (var i = 0; i < candidates; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var ids = Pair(random, length, vocabulary);
            var logit = runner.Score([ids])[0];
            if (!float.IsFinite(logit))
            {
                throw new ModelFolderException("padded", $"the graph gives {logit} for a pair of {length} tokens");
            }

            var difference = second is null ? 0 : MathF.Abs(logit - second.Score([ids])[0]);
            if (best is null || difference < best.Value.Difference)
            {
                best = (new ManifestProbe(ids, logit), difference);
            }
        }

        return best!.Value.Probe;
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
