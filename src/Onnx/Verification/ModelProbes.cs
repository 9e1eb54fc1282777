using Reranker.Inference.Graphs;
using Reranker.Inference.Models;

namespace Reranker.Onnx.Verification;

/// <summary>
/// Makes the probes of a manifest: pairs of different lengths with the logits of the finished graph, one pair a run on the
/// CPU provider. An engine compares its own logits with them at start. They catch a graph that was swapped or edited, and
/// kernels that compute something else.
/// </summary>
internal static class ModelProbes
{
    private const int Seed = 20_250_101;
    private const int FirstTextId = PairLayout.UnknownId + 1;

    // Beyond this many bytes of weights a probe takes seconds on a CPU: two short ones tell a wrong graph as surely as eight.
    private const long LargeModelBytes = 512L << 20;

    private const int Candidates = 6;
    private const double DeviationsAllowed = 4;

    private static readonly int[] Lengths = [5, 9, 16, 27, 48, 77, 128, 200];
    private static readonly int[] LengthsOfLargeModels = [9, 24];

    /// <summary>Checks a finished graph and makes its probes.</summary>
    /// <param name="graphPath">The padded graph; its weights lie beside it.</param>
    /// <param name="rule">The precision's rule.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="template">How a pair is put together.</param>
    /// <param name="maxPairTokens">Most tokens of a pair.</param>
    /// <param name="weightBytes">Size of the weights.</param>
    /// <param name="cancellationToken">Ends the probing.</param>
    /// <returns>The probes; none of a model that is too large to be run here in its precision.</returns>
    /// <exception cref="ModelFolderException">The runtime refuses the graph, or a logit is not finite.</exception>
    public static IReadOnlyList<ManifestProbe> CreateProbes(
        string graphPath, ProbeRule rule, ModelShape shape, PairTemplate template, int maxPairTokens, long weightBytes, CancellationToken cancellationToken)
    {
        using var unfused = StructuralCheck.LoadChecked(graphPath);
        if (weightBytes > rule.MaxWeightBytes)
        {
            return [];
        }

        using var fused = rule.OnBothFusions ? GraphRunner.Load(graphPath, frugal: false) : null;
        var lengths = weightBytes > LargeModelBytes ? LengthsOfLargeModels : Lengths;
        var random = new Random(Seed);
        return [.. lengths.Select(l => Math.Min(l, maxPairTokens)).Distinct().Select(length => fused is null
            ? CreateProbe(unfused, CreatePair(random, template, length, shape.Vocabulary), cancellationToken)
            : FindSteadiest(fused, unfused, [.. Enumerable.Range(0, Candidates).Select(_ => CreatePair(random, template, length, shape.Vocabulary))], cancellationToken))];
    }

    /// <summary>
    /// Checks a finished graph and makes probes of those pairs that move least when values between its products are rounded as the engine
    /// rounds them. How far all pairs move is how far right runs may be apart.
    /// </summary>
    /// <param name="graphPath">The padded graph; its weights lie beside it.</param>
    /// <param name="roundedPath">The same with the engine's rounding.</param>
    /// <param name="precision">The precision, whose tolerance is the least.</param>
    /// <param name="shape">Shape of the encoder.</param>
    /// <param name="template">How a pair is put together.</param>
    /// <param name="maxPairTokens">Most tokens of a pair.</param>
    /// <param name="weightBytes">Size of the weights.</param>
    /// <param name="cancellationToken">Ends the probing.</param>
    /// <exception cref="ModelFolderException">The runtime refuses the graph, or a logit is not finite.</exception>
    public static IReadOnlyList<ManifestProbe> CreateRoundedProbes(
        string graphPath,
        string roundedPath,
        ModelPrecision precision,
        ModelShape shape,
        PairTemplate template,
        int maxPairTokens,
        long weightBytes,
        CancellationToken cancellationToken)
    {
        var random = new Random(Seed);
        var lengths = weightBytes > LargeModelBytes ? LengthsOfLargeModels : Lengths;
        var candidates = lengths.Select(l => Math.Min(l, maxPairTokens)).Distinct()
            .Select(length => Enumerable.Range(0, Candidates).Select(_ => CreatePair(random, template, length, shape.Vocabulary)).ToArray()).ToArray();
        float[][] own;
        using (var runner = StructuralCheck.LoadChecked(graphPath))
        {
            own = ScoreAll(runner, candidates, cancellationToken);
        }

        using var rounded = GraphRunner.Load(roundedPath, frugal: true);
        var other = ScoreAll(rounded, candidates, cancellationToken);
        var differences = own.Zip(other, (a, b) => a.Zip(b, (x, y) => MathF.Abs(x - y)).ToArray()).ToArray();
        var deviation = Math.Sqrt(differences.SelectMany(d => d).Average(d => (double)d * d));
        var tolerance = (float)(DeviationsAllowed * deviation);
        return
        [
            .. candidates.Index().Select(c =>
            {
                var steadiest = Array.IndexOf(differences[c.Index], differences[c.Index].Min());
                return new ManifestProbe(c.Item[steadiest], own[c.Index][steadiest], tolerance > precision.LogitTolerance ? tolerance : null);
            }),
        ];
    }

    private static float[][] ScoreAll(GraphRunner runner, int[][][] candidates, CancellationToken cancellationToken) =>
    [
        .. candidates.Select(pairs =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var logits = runner.ScorePairs(pairs);
            return Array.TrueForAll(logits, float.IsFinite)
                ? logits
                : throw new ModelFolderException(GraphForms.Padded, $"the graph gives no number for a pair of {pairs[0].Length} tokens");
        }),
    ];

    private static ManifestProbe FindSteadiest(
        GraphRunner fused, GraphRunner unfused, IReadOnlyList<int[]> candidates, CancellationToken cancellationToken)
        => candidates
            .Select(ids => CreateProbe(fused, ids, cancellationToken))
            .MinBy(probe => MathF.Abs(probe.Logit - CreateProbe(unfused, probe.Ids, cancellationToken).Logit))!;

    private static ManifestProbe CreateProbe(GraphRunner runner, int[] ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var logit = runner.ScorePairs([ids])[0];
        return float.IsFinite(logit)
            ? new ManifestProbe(ids, logit)
            : throw new ModelFolderException(GraphForms.Padded, $"the graph gives {logit} for a pair of {ids.Length} tokens");
    }

    /// <summary>A pair of random pieces; the query has a third of the text.</summary>
    public static int[] CreatePair(Random random, PairTemplate template, int length, int vocabulary)
    {
        var ids = new int[length];
        for (var i = 1; i < length; i++)
        {
            ids[i] = random.Next(FirstTextId, vocabulary - 1);
        }

        template.WriteQueryAndSpecialTokens(ids.AsSpan(1, (length - template.SpecialTokens) / 3), ids);
        return ids;
    }
}
