using CsCheck;
using Reranker.Inference.Tokenization;

namespace Reranker.Inference.Tests.Tokenization;

public sealed class PassageChunksTests
{
    [Fact]
    public void Chunks_cover_the_passage_share_the_overlap_and_are_of_about_equal_length()
        => Gen.Select(Gen.Int[0, 3_000], Gen.Int[1, 500], Gen.Int[0, 600]).Sample(
            (tokens, room, overlap) =>
            {
                var shared = Math.Min(overlap, room / 2);
                var count = PassageChunks.CountChunks(tokens, room, overlap);
                var chunks = Enumerable.Range(0, count).Select(i => PassageChunks.FindRange(tokens, count, room, overlap, i)).ToArray();

                Assert.Equal(0, chunks[0].Start);
                Assert.Equal(tokens, chunks[^1].Start + chunks[^1].Length);
                Assert.All(chunks, c => Assert.InRange(c.Length, count == 1 ? 0 : shared + 1, room));
                Assert.All(chunks.Zip(chunks.Skip(1)), p => Assert.Equal(shared, p.First.Start + p.First.Length - p.Second.Start));
                Assert.All(chunks[..^1], c => Assert.Equal(chunks[0].Length, c.Length));
                Assert.InRange(chunks[^1].Length, chunks[0].Length - count, chunks[0].Length);
            },
            iter: 5_000, seed: "0000000000D1", threads: 1);

    [Fact]
    public void A_passage_has_as_few_chunks_as_hold_it()
        => Gen.Select(Gen.Int[1, 3_000], Gen.Int[1, 500], Gen.Int[0, 600]).Sample(
            (tokens, room, overlap) =>
            {
                var count = PassageChunks.CountChunks(tokens, room, overlap);

                Assert.True(PassageChunks.CountCapacity(room, count, overlap) >= tokens);
                Assert.True(count == 1 || PassageChunks.CountCapacity(room, count - 1, overlap) < tokens);
            },
            iter: 5_000, seed: "0000000000D2", threads: 1);

    [Fact]
    public void The_largest_capacity_is_no_overflow() => Assert.Equal(int.MaxValue, PassageChunks.CountCapacity(int.MaxValue, 1_000, 0));

    [Fact]
    public void A_passage_keeps_what_its_chunks_hold_and_the_rest_is_cut()
    {
        var rule = new TruncationRule(16, LongestFirst: true, MaxChunks: 3, ChunkOverlap: 2);

        var request = Apply(4, [7, 8, 30], rule);

        // Room 8, so that three chunks hold 8 + 6 + 6.
        Assert.Equal([7, 8, 20], request.PassageIds.Select(static ids => ids.Length));
        Assert.Equal([0, 0, 10], request.CutTokens!);
        Assert.Null(request.QueryLengths);
    }

    [Fact]
    public void A_long_query_keeps_three_quarters_of_the_pair_with_either_strategy()
    {
        foreach (var longestFirst in new[] { false, true })
        {
            var request = Apply(500, [500], new TruncationRule(100, longestFirst, MaxChunks: 2));

            Assert.Equal((75, 425), (request.QueryIds.Length, request.QueryCutTokens));
            Assert.Equal(2 * 21, request.PassageIds[0].Length);
        }
    }

    [Fact]
    public void A_limit_of_the_passage_counts_before_the_chunks()
        => Assert.Equal(10, Apply(4, [30], new TruncationRule(16, MaxPassageTokens: 10, MaxChunks: 3)).PassageIds[0].Length);

    [Theory]
    [InlineData(4, 20, null)]
    [InlineData(4, 21, "Passage 0 has 21 tokens; its chunks hold at most 20.")]
    [InlineData(12, 1, null)]
    [InlineData(13, 1, "The query has 13 tokens; at most 12 are allowed.")]
    public void What_does_not_fit_is_an_error_where_cutting_is_not_allowed(int query, int passage, string? error)
    {
        // A pair of 17 leaves at most three quarters, 12, to the query, and 9 beside a query of 4.
        var rule = new TruncationRule(query == 4 ? 16 : 17, Allowed: false, MaxChunks: 3, ChunkOverlap: 2);

        var thrown = Record.Exception(() => Apply(query, [passage], rule));

        Assert.Equal(error, thrown?.Message);
    }

    private static TokenizedRequest Apply(int query, int[] passages, TruncationRule rule)
        => PairTruncation.CutToFit(
            Text(query, PairTruncation.FindQueryLimit(rule)),
            [.. passages.Select(p => Text(p, PairTruncation.FindPassageLimit(rule)))],
            rule);

    private static TokenizedText Text(int tokens, int limit)
        => new([.. Enumerable.Range(0, Math.Min(tokens, limit))], tokens - Math.Min(tokens, limit), true, tokens);
}
