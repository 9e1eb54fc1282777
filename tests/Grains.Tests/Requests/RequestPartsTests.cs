using Reranker.Grains.Requests;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Tests.Requests;

/// <summary>Scores are told once, when all pairs of a passage are known, and of one identity.</summary>
public sealed class RequestPartsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_passage_is_told_when_its_last_pair_is_known_and_with_its_equals()
    {
        // Room for 4 tokens: the first and the third are two chunks each.
        var pairs = RequestPairs.FindDistinctPairs(DistinctPassages.FindDistinct(["a", "b", "a", "c"]), new TokenizedRequest
        {
            QueryIds = [7, 8],
            PassageIds = [[1, 2, 3, 4, 5, 6, 9], [5], [6]],
            CutTokens = [2, 0, 0],
        }, new TruncationRule(10, MaxChunks: 3, ChunkOverlap: 1));
        var parts = new RequestParts();
        var run = parts.BeginRun("m", "x", pairs);
        var news = parts.AwaitNewsAsync(Cancelled);

        run.AddLogits([1], [3]);
        Assert.False(news.IsCompleted);
        run.AddLogits([0], [2]);
        var told = await news;

        Assert.Equal(("m", "x"), (told.Model, told.ModelIdentity));
        Assert.Equal([0, 2], told.Passages);
        Assert.Equal([3f, 3], told.Logits);
        Assert.Equal([20, 20], told.PairTokens);
        Assert.Equal([2, 2], told.CutTokens!);
        Assert.Equal([2, 2], told.Chunks!);
    }

    [Fact]
    public async Task What_becomes_known_while_nobody_asks_is_told_together()
    {
        var parts = new RequestParts();
        var run = parts.BeginRun("m", "x", Pairs(5));
        run.AddLogits([3, 0], [30, 0]);
        run.AddLogits([4], [40]);

        var told = await parts.AwaitNewsAsync(Cancelled);

        Assert.Equal([0, 3, 4], told.Passages);
        Assert.Equal([0f, 30, 40], told.Logits);
        Assert.False(parts.AwaitNewsAsync(Cancelled).IsCompleted);
    }

    [Fact]
    public async Task The_last_scores_are_left_to_the_reply()
    {
        var parts = new RequestParts();
        var run = parts.BeginRun("m", "x", Pairs(2));
        run.AddLogits([0, 1], [1, 2]);
        var news = parts.AwaitNewsAsync(Cancelled);
        Assert.False(news.IsCompleted);

        parts.EndRequest();

        Assert.False((await news).IsUnderWay);
        Assert.False((await parts.AwaitNewsAsync(Cancelled)).IsUnderWay);
    }

    [Fact]
    public async Task Another_identity_is_told_at_once_and_its_scores_anew()
    {
        var parts = new RequestParts();
        var first = parts.BeginRun("m", "x", Pairs(3));
        first.AddLogits([0], [1]);
        Assert.Equal(0, Assert.Single((await parts.AwaitNewsAsync(Cancelled)).Passages));

        first.AddLogits([1], [1]);
        parts.DropRun();
        var news = parts.AwaitNewsAsync(Cancelled);
        Assert.False(news.IsCompleted);
        var second = parts.BeginRun("m", "y", Pairs(3));
        var told = await news;
        Assert.Equal(("y", 0), (told.ModelIdentity, told.Passages.Length));

        news = parts.AwaitNewsAsync(Cancelled);
        first.AddLogits([2], [5]);
        Assert.False(news.IsCompleted);
        second.AddLogits([0], [7]);
        told = await news;
        Assert.Equal(("y", 7f), (told.ModelIdentity, told.Logits.Single()));
    }

    [Fact]
    public async Task A_run_of_the_same_identity_goes_on_with_what_was_not_told()
    {
        var parts = new RequestParts();
        parts.BeginRun("m", "x", Pairs(3)).AddLogits([0], [1]);
        Assert.Equal(0, Assert.Single((await parts.AwaitNewsAsync(Cancelled)).Passages));
        parts.DropRun();

        var second = parts.BeginRun("m", "x", Pairs(3));
        second.AddLogits([0, 2], [1, 3]);

        Assert.Equal(2, Assert.Single((await parts.AwaitNewsAsync(Cancelled)).Passages));
    }

    [Fact]
    public async Task A_wait_ends_with_its_cancellation_and_tells_nothing_twice()
    {
        var parts = new RequestParts();
        var run = parts.BeginRun("m", "x", Pairs(3));
        using var cancellation = new CancellationTokenSource();
        var news = parts.AwaitNewsAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => news);

        run.AddLogits([1], [1]);

        Assert.Equal(1, Assert.Single((await parts.AwaitNewsAsync(Cancelled)).Passages));
    }

    [Fact]
    public async Task Random_orders_tell_what_the_reply_has()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            string[] texts = [.. Enumerable.Range(0, random.Next(1, 15)).Select(_ => random.Next(6).ToString(System.Globalization.CultureInfo.InvariantCulture))];
            var distinct = DistinctPassages.FindDistinct(texts);
            int[][] ids = [.. distinct.Texts.Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(3)).ToArray())];
            var pairs = RequestPairs.FindDistinctPairs(
                distinct, new TokenizedRequest { QueryIds = [7, 8], PassageIds = ids }, new TruncationRule(10, MaxChunks: 4, ChunkOverlap: 1));
            float[] logits = [.. pairs.Pairs.PassageIds.Select(_ => random.NextSingle())];
            var parts = new RequestParts();
            var run = parts.BeginRun("m", "x", pairs);
            int[] order = [.. Enumerable.Range(0, logits.Length)];
            random.Shuffle(order);
            var told = new HashSet<int>();
            var expected = pairs.FindBestLogits(logits);
            for (var at = 0; at < order.Length;)
            {
                var end = random.Next(at, order.Length) + 1;
                run.AddLogits(order.AsSpan(at..end), Array.ConvertAll(order[at..end], pair => logits[pair]));
                at = end;
                var news = parts.AwaitNewsAsync(Cancelled);
                if (news.IsCompleted)
                {
                    var message = await news;
                    Assert.All(message.Passages.Zip(message.Logits), entry => Assert.Equal(expected[entry.First], entry.Second));
                    Assert.Equal(Array.ConvertAll(message.Passages, passage => pairs.CountPairTokens()[passage]), message.PairTokens);
                    Assert.All(message.Passages, passage => Assert.True(told.Add(passage)));
                }
            }

            Assert.True(order.Length == 1 || told.Count <= texts.Length);
        }
    }

    private static RequestPairs Pairs(int count) => RequestPairs.FindDistinctPairs(
        DistinctPassages.FindDistinct([.. Enumerable.Range(0, count).Select(static i => $"{i}")]),
        new TokenizedRequest { QueryIds = [7], PassageIds = [.. Enumerable.Range(0, count).Select(static i => new[] { i })] },
        new TruncationRule(64));
}
