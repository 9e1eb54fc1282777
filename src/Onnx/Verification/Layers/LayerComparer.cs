namespace Reranker.Onnx.Verification.Layers;

/// <summary>Runs the same pairs through two models and compares every value that both show.</summary>
internal static class LayerComparer
{
    /// <summary>Compares.</summary>
    /// <param name="reference">The one that is believed.</param>
    /// <param name="tested">The other.</param>
    /// <param name="texts">Pairs of texts, which both tokenize.</param>
    /// <param name="longest">Most tokens of a pair.</param>
    /// <param name="tolerance">Signal to noise in dB that a value must have; null for what is usual of the two.</param>
    /// <param name="cancellationToken">Ends the comparison.</param>
    public static LayerReport CompareTexts(
        ILayerSource reference, ILayerSource tested, IReadOnlyList<(string Query, string Passage)> texts, int longest, double? tolerance,
        CancellationToken cancellationToken)
    {
        var pairs = texts.Select(t => reference.EncodePair(t.Query, t.Passage, longest)).ToList();
        var others = pairs.Zip(texts, (ids, t) => !ids.SequenceEqual(tested.EncodePair(t.Query, t.Passage, longest))).Count(differ => differ);
        return CompareIds(reference, tested, pairs, tolerance, cancellationToken) with { PairsWithOtherIds = others };
    }

    /// <summary>The same on ids.</summary>
    public static LayerReport CompareIds(
        ILayerSource reference, ILayerSource tested, IReadOnlyList<int[]> pairs, double? tolerance, CancellationToken cancellationToken)
    {
        var values = reference.Values.Intersect(tested.Values).ToList();
        var errors = CreateErrors(values, reference);
        var areSteps = (reference.UsualStepTolerance ?? tested.UsualStepTolerance) is not null && (reference is IStepwiseSource || tested is IStepwiseSource);
        var limits = LayerLimits.FindLimits(reference, tested, areSteps, tolerance);
        var steps = areSteps ? CreateErrors(values, reference) : [];
        foreach (var pair in pairs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (expected, actual) = (ReadValues(reference, pair), ReadValues(tested, pair));
            values.ForEach(v => errors[v].AddValues(expected[v], actual[v]));
            if (areSteps)
            {
                AddSteps(steps, (reference, expected), (tested, actual), pair);
            }
        }

        return new LayerReport(reference.Name, tested.Name, pairs.Count, limits.Whole, 0, [.. values.Select(v => limits.JudgeValue(v, errors[v], steps.GetValueOrDefault(v)))])
        {
            StepTolerance = areSteps ? limits.Step : null,
        };
    }

    private static void AddSteps(
        Dictionary<string, LayerErrors> steps, (ILayerSource Source, Dictionary<string, float[]> Values) reference, (ILayerSource Source, Dictionary<string, float[]> Values) tested,
        int[] pair)
    {
        if (reference.Source is IStepwiseSource believed)
        {
            believed.RunSteps(pair, tested.Values, (value, numbers) => steps.GetValueOrDefault(value)?.AddValues(numbers, tested.Values[value]));
        }
        else if (tested.Source is IStepwiseSource doubted)
        {
            doubted.RunSteps(pair, reference.Values, (value, numbers) => steps.GetValueOrDefault(value)?.AddValues(reference.Values[value], numbers));
        }
    }

    private static Dictionary<string, LayerErrors> CreateErrors(IEnumerable<string> values, ILayerSource source)
        => values.ToDictionary(v => v, v => new LayerErrors(source.FindWidth(v)));

    private static Dictionary<string, float[]> ReadValues(ILayerSource source, int[] pair)
    {
        var values = new Dictionary<string, float[]>();
        source.Run(pair, (value, numbers) => values[value] = numbers.ToArray());
        return values;
    }
}
