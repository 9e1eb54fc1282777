using Reranker.Inference.Models;
using Reranker.Onnx.Graphs;

namespace Reranker.Onnx.Verification.Layers;

/// <summary>The values of a forward pass that are compared, by the names that all padded graphs give them.</summary>
internal static class LayerValues
{
    /// <summary>The logit.</summary>
    public const string Logits = PaddedGraph.Logits;

    /// <summary>What the embeddings give.</summary>
    public static string First { get; } = PaddedGraph.NameLayerInput(0);

    /// <summary>All values in the order in which a pair meets them.</summary>
    public static IReadOnlyList<string> List(ModelShape shape)
    {
        var values = new List<string> { First };
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            values.AddRange(ListLayer(layer));
        }

        values.Add(Logits);
        return values;
    }

    /// <summary>Length of a value's last axis.</summary>
    public static int FindWidth(ModelShape shape, string value)
        => value == Logits ? 1
            : value.EndsWith("/feed_forward/input", StringComparison.Ordinal) || value.EndsWith("/feed_forward/gelu", StringComparison.Ordinal) ? shape.FeedForward * (shape.Rotary is not null && value.EndsWith("/input", StringComparison.Ordinal) ? 2 : 1)
            : shape.Hidden;

    /// <summary>
    /// What smoothing has divided channel by channel in a model: these are other numbers than the source's, and what reads them
    /// makes up for it.
    /// </summary>
    public static IEnumerable<string> ListSmoothed(ModelShape shape)
    {
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            var name = EncoderParts.NameLayer(layer);
            yield return PaddedGraph.NameLayerInput(layer);
            yield return $"{name}/attention/value";
            yield return $"{name}/attention/context";
            yield return $"{name}/attention/norm";
        }
    }

    private static IEnumerable<string> ListLayer(int layer)
    {
        var name = EncoderParts.NameLayer(layer);
        string[] parts =
        [
            "attention/query", "attention/key", "attention/value", "attention/context", "attention/output", "attention/norm",
            "feed_forward/input", "feed_forward/gelu", "feed_forward/output", "feed_forward/norm",
        ];
        return parts.Select(part => $"{name}/{part}");
    }
}
