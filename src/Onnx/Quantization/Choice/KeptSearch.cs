using Reranker.Onnx.Quantization.Twins;

namespace Reranker.Onnx.Quantization.Choice;

/// <summary>A value that a search kept wide, and why.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Difference">Mean distance of a logit to FP32's when this value alone is quantized.</param>
/// <param name="Cost">What keeping it costs: a share of the time of the linear layers in FP16, by operations.</param>
public sealed record KeptValue(string Value, double Difference, double Cost);

/// <summary>What a search found.</summary>
/// <param name="Kept">The values to keep, the most sensitive first.</param>
/// <param name="Loss">Loss of nDCG@10 with them kept.</param>
/// <param name="LossBefore">Loss with none kept.</param>
/// <param name="Cost">Time of the linear layers with them kept, 1 in FP16.</param>
/// <param name="Sensitivities">All values, the most sensitive first.</param>
public sealed record KeptSearchResult(
    IReadOnlyList<KeptValue> Kept, double Loss, double LossBefore, double Cost, IReadOnlyList<KeptValue> Sensitivities);

/// <summary>
/// Finds a small set of values to keep in FP16 for an allowed loss. Values are sorted by what each does alone, which costs a run of a
/// few pairs each; the shortest beginning of that list which is enough is found by halving; and what of it matters little alone and
/// turns out not to be needed is given back.
/// </summary>
internal static class KeptSearch
{
    private const int SamplePairs = 48;

    // What moves the logits nearly as much as the worst value is never given back: a loss of nDCG on few queries is chance enough
    // to say that it can.
    private const double GivenBackShare = 0.5;

    /// <summary>Searches.</summary>
    /// <param name="twin">The model.</param>
    /// <param name="candidate">How it is quantized, without anything kept.</param>
    /// <param name="sample">Pairs that sensitivities are measured on; a few of them are taken.</param>
    /// <param name="measureLoss">The loss of nDCG@10 with values kept.</param>
    /// <param name="maxLoss">The loss that is allowed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static KeptSearchResult FindKept(
        TwinModel twin, QuantizationCandidate candidate, IReadOnlyList<int[]> sample, Func<QuantizationCandidate, double> measureLoss, double maxLoss,
        CancellationToken cancellationToken)
    {
        double Measure(IEnumerable<KeptValue> kept) => measureLoss(candidate with { Kept = kept.Select(k => k.Value).ToHashSet() });
        KeptSearchResult Finish(IReadOnlyList<KeptValue> kept, IReadOnlyList<KeptValue> all) => new(
            kept, Measure(kept), Measure([]), TwinInputs.ComputeCost(twin.Shape, candidate with { Kept = kept.Select(k => k.Value).ToHashSet() }), all);

        var sorted = MeasureSensitivities(twin, candidate, sample, cancellationToken);
        if (Measure([]) <= maxLoss)
        {
            return Finish([], sorted);
        }

        // All kept is the FP32 of the twin, which loses nothing, so some beginning is enough.
        var (few, enough) = (0, sorted.Count);
        while (enough - few > 1)
        {
            var middle = (few + enough) / 2;
            (few, enough) = Measure(sorted.Take(middle)) <= maxLoss ? (few, middle) : (middle, enough);
        }

        var kept = sorted.Take(enough).ToList();
        foreach (var value in Enumerable.Reverse(kept).Skip(1).Where(v => v.Difference < GivenBackShare * kept[0].Difference).ToList())
        {
            if (Measure(kept.Where(k => k != value)) <= maxLoss)
            {
                kept.Remove(value);
            }
        }

        return Finish(kept, sorted);
    }

    private static List<KeptValue> MeasureSensitivities(
        TwinModel twin, QuantizationCandidate candidate, IReadOnlyList<int[]> sample, CancellationToken cancellationToken)
    {
        var step = Math.Max(1, sample.Count / SamplePairs);
        var pairs = sample.Where((_, i) => i % step == 0).Take(SamplePairs).ToList();
        var reference = twin.ScorePairs(null, pairs, cancellationToken);
        var values = TwinInputs.List(twin.Shape, candidate.Format).Select(i => i.Value).ToList();
        var free = TwinInputs.ComputeCost(twin.Shape, candidate with { Kept = new HashSet<string>() });
        return [.. values.Select(value =>
        {
            var alone = candidate with { Kept = values.Where(v => v != value).ToHashSet() };
            var logits = twin.ScorePairs(alone, pairs, cancellationToken);
            var cost = TwinInputs.ComputeCost(twin.Shape, candidate with { Kept = new HashSet<string> { value } }) - free;
            return new KeptValue(value, logits.Zip(reference, (a, b) => (double)MathF.Abs(a - b)).Average(), cost);
        }).OrderByDescending(v => v.Difference)];
    }
}
