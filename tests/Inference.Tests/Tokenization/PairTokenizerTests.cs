using CsCheck;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;
using Reranker.TestKit;

namespace Reranker.Inference.Tests.Tokenization;

public sealed class PairTokenizerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_reference_pair_has_the_reference_input_ids()
    {
        using var tokenizer = Vocabularies.Pairs();
        var pairs = Goldens.MiniPairs();
        Assert.Equal(143, pairs.Count);
        foreach (var pair in pairs)
        {
            // The references are Hugging Face's strategies alone, without FlagEmbedding's limit of the query.
            var rule = new TruncationRule(pair.MaxLength, LongestFirst: pair.Truncation == "longest_first", MaxQueryTokens: pair.MaxLength);
            var request = await tokenizer.TokenizeAsync(pair.Query, [pair.Passage], rule, Cancel);
            Assert.Equal(pair.Ids, InputIds(request, 0));
            Assert.Equal(pair.Ids.Length, request.CountPairTokens(0));
        }
    }

    [Fact]
    public async Task One_thread_and_eight_give_the_same_ids()
    {
        using var one = Vocabularies.Pairs(threads: 1);
        using var eight = Vocabularies.Pairs(threads: 8, chunkCharacters: 64);
        await Gen.Select(TextGen.Any, TextGen.Any.Array[0, 40], Gen.Bool, Gen.Bool).SampleAsync(
            async (query, passages, longestFirst, keepEnd) =>
            {
                var rule = new TruncationRule(64, longestFirst, keepEnd);
                var expected = await one.TokenizeAsync(query, passages, rule, Cancel);
                var actual = await eight.TokenizeAsync(query, passages, rule, Cancel);
                Assert.Equal(expected.QueryIds, actual.QueryIds);
                Assert.Equal(expected.PassageIds, actual.PassageIds);
                Assert.Equal(expected.QueryLengths, actual.QueryLengths);
                Assert.Equal(expected.CutTokens, actual.CutTokens);
                Assert.Equal(expected.Characters, actual.Characters);
            },
            iter: 60, seed: "0000000000B1", threads: 1);
    }

    [Fact]
    public async Task A_thread_that_waits_for_work_holds_no_text()
    {
        using var tokenizer = Vocabularies.Pairs(threads: 2, chunkCharacters: 64);

        var texts = await TokenizeAsync(tokenizer);

        // The thread that was last may be on its way back to the queue.
        await Until.TrueAsync(() =>
        {
#pragma warning disable RS0030 // What is still held is known only behind a collection.
            GC.Collect(GC.MaxGeneration);
#pragma warning restore RS0030
            return !texts.Exists(static text => text.IsAlive);
        });

        static async Task<List<WeakReference>> TokenizeAsync(PairTokenizer tokenizer)
        {
            string[] passages = [.. Enumerable.Range(0, 100).Select(static i => $"passage number {i}")];
            await tokenizer.TokenizeAsync("query", passages, new TruncationRule(64), Cancel);
            return [.. passages.Select(static passage => new WeakReference(passage))];
        }
    }

    [Fact]
    public async Task Ten_thousand_passages_keep_their_order()
    {
        using var tokenizer = Vocabularies.Pairs(threads: 3, chunkCharacters: 100);
        var passages = Enumerable.Range(0, 10_000).Select(static i => $"passage number {i}").ToArray();
        var request = await tokenizer.TokenizeAsync("number", passages, new TruncationRule(512), Cancel);
        for (var i = 0; i < passages.Length; i++)
        {
            Assert.Equal(Vocabularies.Mini.Encode(passages[i]).Ids, request.PassageIds[i]);
        }
    }

    [Fact]
    public async Task Requests_beside_each_other_do_not_mix()
    {
        using var tokenizer = Vocabularies.Pairs(threads: 4, chunkCharacters: 50);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            await Task.Yield();
            var passages = Enumerable.Range(0, i).Select(j => $"text {j} of request {i}").ToArray();
            var request = await tokenizer.TokenizeAsync($"query {i}", passages, new TruncationRule(512), Cancel);
            Assert.Equal(Vocabularies.Mini.Encode($"query {i}").Ids, request.QueryIds);
            Assert.Equal(passages.Select(static text => Vocabularies.Mini.Encode(text).Ids), request.PassageIds);
        }));
    }

    [Fact]
    public async Task A_request_without_passages_has_the_query_alone()
    {
        using var tokenizer = Vocabularies.Pairs();
        var request = await tokenizer.TokenizeAsync("hello", [], new TruncationRule(512), Cancel);
        Assert.Equal(Vocabularies.Mini.Encode("hello").Ids, request.QueryIds);
        Assert.Empty(request.PassageIds);
        Assert.Null(request.CutTokens);
        Assert.Equal(5, request.Characters);
    }

    [Fact]
    public async Task A_null_passage_is_an_error_that_names_its_index()
    {
        using var tokenizer = Vocabularies.Pairs();
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await tokenizer.TokenizeAsync("q", ["a", null!], new TruncationRule(512), Cancel));
        Assert.Contains("1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_ends_and_the_next_one_is_served()
    {
        using var tokenizer = Vocabularies.Pairs(threads: 1);
        using var source = new CancellationTokenSource();
        var passages = Enumerable.Repeat(string.Concat(Enumerable.Repeat("many words here ", 200)), 20_000).ToArray();
        var large = tokenizer.TokenizeAsync("q", passages, new TruncationRule(512), source.Token).AsTask();
        var waiting = tokenizer.TokenizeAsync("hello", ["world"], new TruncationRule(512), Cancel).AsTask();
        await source.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Single((await waiting).PassageIds);
    }

    [Fact]
    public async Task A_small_request_is_not_held_up_by_a_large_one()
    {
        using var tokenizer = Vocabularies.Pairs(threads: 1);
        using var source = new CancellationTokenSource();
        var passages = Enumerable.Repeat(string.Concat(Enumerable.Repeat("many words here ", 200)), 20_000).ToArray();
        var large = tokenizer.TokenizeAsync("q", passages, new TruncationRule(512), source.Token).AsTask();
        await tokenizer.TokenizeAsync("hello", ["world"], new TruncationRule(512), Cancel);
        Assert.False(large.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
    }

    [Fact]
    public async Task Disposing_ends_the_requests_in_work_with_an_error()
    {
        var tokenizer = Vocabularies.Pairs(threads: 2);
        var passages = Enumerable.Repeat(string.Concat(Enumerable.Repeat("many words here ", 200)), 20_000).ToArray();
        var requests = Enumerable.Range(0, 4).Select(_ => tokenizer.TokenizeAsync("q", passages, new TruncationRule(512), Cancel).AsTask()).ToArray();
        tokenizer.Dispose();
        foreach (var request in requests)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => request);
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await tokenizer.TokenizeAsync("q", [], new TruncationRule(512), Cancel));
        tokenizer.Dispose();
    }

    [Fact]
    public void Options_that_are_not_positive_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Pairs(threads: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabularies.Pairs(chunkCharacters: 0));
    }

    private static int[] InputIds(TokenizedRequest request, int index)
    {
        var query = request.QueryIds[..(request.QueryLengths?[index] ?? request.QueryIds.Length)];
        return [PairLayout.BeginId, .. query, PairLayout.EndId, PairLayout.EndId, .. request.PassageIds[index], PairLayout.EndId];
    }
}
