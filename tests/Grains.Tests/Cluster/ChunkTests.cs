using Reranker.Requests;
using Reranker.TestKit.Cluster;

namespace Reranker.Grains.Tests.Cluster;

/// <summary>A passage that is too long is scored in chunks where that is asked for, and the best one counts.</summary>
public sealed class ChunkTests
{
    // A pair of 20 tokens leaves 12 to a chunk beside a query of 4.
    private static readonly TruncationOptions InChunks = new() { MaxPairTokens = 20, MaxChunks = 3, ChunkOverlap = 2 };

    [Fact]
    public async Task The_best_chunk_is_the_passages_score()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);

        var reply = await AskAsync(cluster, InChunks, "abcdefghijklmnopqrstuv", "short", "abcdefghijklmnopqrstuvwxyz012345");

        // 22 tokens are two chunks of 12, 32 are three of 12.
        Assert.Equal(RerankOutcome.Ok, reply.Outcome);
        Assert.Equal(
            [Best("abcdefghijkl", "klmnopqrstuv"), Best("short"), Best("abcdefghijkl", "klmnopqrstuv", "uvwxyz012345")], reply.Logits);
        Assert.Equal([2, 1, 3], reply.Chunks!);
        Assert.Equal([2 * 20, 13, 3 * 20], reply.PairTokens);
        Assert.Null(reply.CutTokens);

        // The first two chunks of both long passages are equal, so four pairs are scored.
        Assert.Equal(4, worker.Works.Sum(w => w.Count));
        Assert.All(worker.Works, w => Assert.All(Enumerable.Range(0, w.Count), i => Assert.InRange(w.Offsets[i + 1] - w.Offsets[i], 1, 20)));
    }

    [Fact]
    public async Task What_is_beyond_the_last_chunk_is_cut_and_reported()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([new FakeScoringWorker(FakeModel.Default)]);

        var reply = await AskAsync(cluster, InChunks, new string('x', 40), "short");

        Assert.Equal([8, 0], reply.CutTokens!);
        Assert.Equal([3, 1], reply.Chunks!);
    }

    [Fact]
    public async Task Without_leave_to_cut_a_passage_of_more_chunks_is_an_error()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([new FakeScoringWorker(FakeModel.Default)]);

        var fits = await AskAsync(cluster, InChunks with { Allowed = false }, "short", new string('x', 32));
        var refused = await AskAsync(cluster, InChunks with { Allowed = false }, "short", new string('x', 33));

        Assert.Equal(RerankOutcome.Ok, fits.Outcome);
        Assert.Equal(RerankOutcome.TooLong, refused.Outcome);
        Assert.Empty(refused.Logits);
    }

    [Fact]
    public async Task A_request_of_too_many_chunks_is_an_error_before_anything_is_scored()
    {
        var worker = new FakeScoringWorker(FakeModel.Default);
        await using var cluster = await RerankerTestCluster.StartAsync([worker]);
        var passages = Enumerable.Range(0, 101).Select(i => $"{i}".PadRight(2 + (10 * 999), 'x')).ToArray();

        var reply = await AskAsync(cluster, InChunks with { MaxChunks = Limits.MaxChunks }, passages);

        Assert.Equal(RerankOutcome.TooLong, reply.Outcome);
        Assert.Contains("100899", reply.Error, StringComparison.Ordinal);
        Assert.Empty(worker.Works);
    }

    [Fact]
    public async Task Numbers_out_of_range_are_told()
    {
        await using var cluster = await RerankerTestCluster.StartAsync([new FakeScoringWorker(FakeModel.Default)]);
        foreach (var (chunks, overlap) in ((int, int)[])[(0, 0), (Limits.MaxChunks + 1, 0), (2, -1)])
        {
            var reply = await AskAsync(cluster, new TruncationOptions { MaxChunks = chunks, ChunkOverlap = overlap }, "a");

            Assert.Equal((chunks, overlap, RerankOutcome.Invalid), (chunks, overlap, reply.Outcome));
        }
    }

    private static Task<RerankReply> AskAsync(RerankerTestCluster cluster, TruncationOptions truncation, params string[] passages)
        => cluster.Shard(0).RerankAsync(
            new RerankRequest { Query = "four", Passages = passages, RemainingMilliseconds = 30_000, Truncation = truncation },
            TestContext.Current.CancellationToken);

    private static float Best(params string[] chunks) => chunks.Max(c => FakeScoringWorker.Score(FakePairTokenizer.Pair("four", c)));
}
