using Reranker.Estimates;
using Reranker.Inference.Models;

namespace Reranker.Grains.Tests.Requests;

/// <summary>Inference knows nothing of the wire, so this number stands on both sides of a wall.</summary>
public sealed class SpecialTokensTests
{
    [Fact]
    public void What_is_estimated_and_checked_at_the_edge_is_what_a_pair_has()
        => Assert.Equal(PairLayout.SpecialTokens, TextTokens.SpecialTokensPerPair);
}
