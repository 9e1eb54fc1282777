using CsCheck;
using Reranker.Inference.Tokenization;

namespace Reranker.Inference.Tests.Tokenization;

public sealed class SentenceChunksTests
{
    private static readonly Gen<(int Tokens, int Room, int Overlap, int Spare, int[] Ends)> Passages =
        from tokens in Gen.Int[0, 2_000]
        from room in Gen.Int[1, 300]
        from overlap in Gen.Int[0, 400]
        from spare in Gen.Int[0, 3]
        from every in Gen.Int[1, 120]
        from seed in Gen.Int[0, 1_000]
        select (tokens, room, overlap, spare, DrawEnds(tokens, every, seed));

    [Fact]
    public void Chunks_cover_the_passage_are_within_the_limits_and_always_go_on()
        => Passages.Sample(
            p =>
            {
                var most = PassageChunks.CountChunks(p.Tokens, p.Room, p.Overlap) + p.Spare;
                var shared = PassageChunks.LimitOverlap(p.Room, p.Overlap);

                var chunks = FindRanges(p.Tokens, p.Room, p.Overlap, most, p.Ends);

                Assert.InRange(chunks.Count, 1, most);
                Assert.Equal((0, p.Tokens), (chunks[0].Start, chunks[^1].Start + chunks[^1].Length));
                Assert.All(chunks, c => Assert.InRange(c.Length, p.Tokens == 0 ? 0 : 1, p.Room));
                Assert.All(chunks.Zip(chunks.Skip(1)), c =>
                {
                    Assert.InRange(c.Second.Start, c.First.Start + 1, c.First.Start + c.First.Length);
                    Assert.InRange(c.First.Start + c.First.Length - c.Second.Start, 0, shared);
                    Assert.True(c.Second.Start + c.Second.Length > c.First.Start + c.First.Length);
                });
                Assert.Equal(chunks, FindRanges(p.Tokens, p.Room, p.Overlap, most, p.Ends));
            },
            iter: 5_000, seed: "0000000000D3", threads: 1);

    [Fact]
    public void A_chunk_ends_at_the_nearest_sentence_and_the_next_begins_with_a_whole_one()
    {
        // Two chunks of 56 tokens would be equal, of which 12 are shared.
        var chunks = FindRanges(100, 80, 12, 9, [20, 48, 51, 66, 90]);

        Assert.Equal([(0, 51), (48, 52)], chunks.Take(2));
        Assert.Equal(2, chunks.Count);
    }

    [Fact]
    public void Without_a_sentence_near_chunks_are_as_without_sentences()
    {
        Assert.Equal(FindRanges(100, 40, 8, 9, null), FindRanges(100, 40, 8, 9, []));
        Assert.Equal((0, 39), FindRanges(100, 40, 8, 9, [1, 99])[0]);
    }

    [Fact]
    public void Where_every_chunk_is_needed_whole_sentences_give_way()
        => Assert.Equal([(0, 10), (10, 10), (20, 10)], FindRanges(30, 10, 0, 3, [4, 9, 14, 19, 24]));

    private static IReadOnlyList<(int Start, int Length)> FindRanges(int tokens, int room, int overlap, int most, int[]? ends)
    {
        const int Query = 7;
        var rule = new TruncationRule(room + Query + 4, MaxChunks: most, ChunkOverlap: overlap, AtSentences: true);
        return SentenceChunks.FindRanges(tokens, Query, rule, ends);
    }

    private static int[] DrawEnds(int tokens, int every, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, Math.Max(0, tokens - 1)).Where(_ => random.Next(every) == 0)];
    }
}
