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
    /// attention, which for 24 layers of 1,024 is 603.98e6·n + 98,304·n².
    /// </summary>
    public static double CountOperations(ModelShape shape, int tokens)
    {
        ArgumentNullException.ThrowIfNull(shape);
        double layers = shape.Layers, hidden = shape.Hidden, inner = shape.FeedForward, n = tokens;
        return (layers * ((8 * hidden * hidden) + (4 * hidden * inner)) * n) + (4 * layers * hidden * n * n);
    }

    /// <summary>Operations of many pairs.</summary>
    public static double CountOperations(ModelShape shape, IEnumerable<int> lengths) => lengths.Sum(n => CountOperations(shape, n));
}
