using System.Runtime.InteropServices;

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
        var usual = Math.Min(reference.UsualTolerance, tested.UsualTolerance);
        var values = reference.Values.Intersect(tested.Values).ToList();
        var errors = values.ToDictionary(v => v, v => new LayerErrors(reference.FindWidth(v)));
        foreach (var pair in pairs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var expected = new Dictionary<string, float[]>();
            reference.Run(pair, (value, numbers) => CollectionsMarshal.GetValueRefOrAddDefault(expected, value, out _) = numbers.ToArray());
            tested.Run(pair, (value, numbers) =>
            {
                if (errors.TryGetValue(value, out var error))
                {
                    error.AddValues(expected[value], numbers);
                }
            });
        }

        return new LayerReport(
            reference.Name, tested.Name, pairs.Count, tolerance ?? usual, 0, [.. values.Select(v => errors[v].ToRow(v, tolerance ?? usual))]);
    }
}
