using Reranker.Inference.Models;

namespace Reranker.Benchmarking.Engine;

/// <summary>
/// Useful operations of a cross-encoder: the encoder's matrix products over real tokens, two a multiply-add. Embeddings,
/// normalizations and the head are left out, and so is what padding costs.
/// </summary>
public static class UsefulOperations
{
    /// <summary>
    /// Operations of one pair of <paramref name="tokens"/> tokens: L·(8·H² + 4·H·F)·n for the linear layers and 4·L·H·n² for
    /// attention, which for 24 layers of 1,024 is 603.98e6·n + 98,304·n². A gated feed-forward has a third matrix, and in a local layer a
    /// token sees its window alone.
    /// </summary>
    public static double CountOperations(ModelShape shape, int tokens)
    {
        ArgumentNullException.ThrowIfNull(shape);
        double layers = shape.Layers, hidden = shape.Hidden, inner = shape.FeedForward, n = tokens;
        var products = layers * ((8 * hidden * hidden) + ((shape.Rotary is null ? 4 : 6) * hidden * inner)) * n;
        var seen = shape.Rotary is { } rotary
            ? Enumerable.Range(0, shape.Layers).Sum(layer => rotary.IsGlobal(layer) ? n * n : CountSeen(tokens, rotary.Window))
            : layers * n * n;
        return products + (4 * hidden * seen);
    }

    private static double CountSeen(double tokens, double window)
        => tokens <= window + 1 ? tokens * tokens : (tokens * ((2 * window) + 1)) - (window * (window + 1));

    /// <summary>Operations of many pairs.</summary>
    public static double CountOperations(ModelShape shape, IEnumerable<int> lengths) => lengths.Sum(n => CountOperations(shape, n));
}
