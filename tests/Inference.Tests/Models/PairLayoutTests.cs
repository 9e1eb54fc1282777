using Reranker.Inference.Models;

namespace Reranker.Inference.Tests.Models;

public sealed class PairLayoutTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 2)]
    [InlineData(3, 2)]
    public void A_pair_reads_begin_query_end_end_passage_end(int queryTokens, int passageTokens)
    {
        int[] query = [.. Enumerable.Repeat(10, queryTokens)];
        int[] passage = [.. Enumerable.Repeat(20, passageTokens)];
        var pair = new int[queryTokens + passageTokens + PairLayout.SpecialTokens];

        passage.CopyTo(PairLayout.WriteQueryAndSpecialTokens(query, pair));

        Assert.Equal([0, .. query, 2, 2, .. passage, 2], pair);
    }

    [Fact]
    public void The_place_of_the_passage_is_as_long_as_the_passage()
        => Assert.Equal(5, PairLayout.WriteQueryAndSpecialTokens([7, 8], new int[2 + 5 + PairLayout.SpecialTokens]).Length);
}
