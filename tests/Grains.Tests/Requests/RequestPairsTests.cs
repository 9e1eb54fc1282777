using Reranker.Grains.Requests;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Tests.Requests;

/// <summary>Equal pairs are found, whatever made them equal, and different ones never.</summary>
public sealed class RequestPairsTests
{
    [Fact]
    public void Equal_texts_are_one_and_keep_their_first_place()
    {
        var distinct = DistinctPassages.FindDistinct(["b", "a", "b", "", "a", ""]);

        Assert.Equal(["b", "a", ""], distinct.Texts);
        Assert.Equal([0, 1, 0, 2, 1, 2], Enumerable.Range(0, 6).Select(distinct.GetTextIndex));
        Assert.Equal([0, 1, 3], Enumerable.Range(0, 3).Select(distinct.GetFirstPassage));
    }

    [Fact]
    public void Texts_that_differ_only_in_case_or_composition_are_not_equal()
        => Assert.Equal(4, DistinctPassages.FindDistinct(["a", "A", "\u00e9", "e\u0301"]).Texts.Length);

    [Fact]
    public void Equal_ids_are_one_pair_and_every_passage_gets_its_own_numbers()
    {
        var passages = DistinctPassages.FindDistinct(["x", "y ", "y", "x", "z"]);
        var pairs = RequestPairs.FindDistinctPairs(passages, new TokenizedRequest
        {
            QueryIds = [7, 8],
            PassageIds = [[1, 2], [3], [3], [4, 5, 6]],
            CutTokens = [0, 2, 0, 1],
        }, new TruncationRule(64));

        Assert.Equal([[1, 2], [3], [4, 5, 6]], pairs.Pairs.PassageIds);
        Assert.Equal([10f, 20, 20, 10, 30], pairs.FindBestLogits([10, 20, 30]));
        Assert.Equal([8, 7, 7, 8, 9], pairs.CountPairTokens());
        Assert.Equal([0, 2, 0, 0, 1], pairs.GetCutTokens()!);
        Assert.Null(pairs.CountChunks());
    }

    [Fact]
    public void A_text_in_chunks_has_the_best_logit_of_its_pairs_and_the_tokens_of_all()
    {
        // Room for 4 tokens beside special tokens and query, neighbours share 1.
        var pairs = RequestPairs.FindDistinctPairs(DistinctPassages.FindDistinct(["a", "b", "a"]), new TokenizedRequest
        {
            QueryIds = [7, 8],
            PassageIds = [[1, 2, 3, 4, 5, 6, 9], [5]],
        }, new TruncationRule(10, MaxChunks: 3, ChunkOverlap: 1));

        Assert.Equal([[1, 2, 3, 4], [4, 5, 6, 9], [5]], pairs.Pairs.PassageIds);
        Assert.Equal([3f, -1, 3], pairs.FindBestLogits([2, 3, -1]));
        Assert.Equal([3f, -1, 3], pairs.FindBestLogits([3, 2, -1]));
        Assert.Equal([20, 7, 20], pairs.CountPairTokens());
        Assert.Equal([2, 1, 2], pairs.CountChunks()!);
    }

    [Fact]
    public void Equal_chunks_of_different_texts_are_one_pair()
    {
        var pairs = RequestPairs.FindDistinctPairs(DistinctPassages.FindDistinct(["a", "b"]), new TokenizedRequest
        {
            QueryIds = [7, 8],
            PassageIds = [[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 9, 9, 9, 9]],
        }, new TruncationRule(10, MaxChunks: 3));

        Assert.Equal([[1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 9, 9]], pairs.Pairs.PassageIds);
        Assert.Equal([2f, 4], pairs.FindBestLogits([1, 2, 4]));
    }

    [Fact]
    public void Pairs_whose_queries_were_cut_differently_are_not_equal()
    {
        var pairs = RequestPairs.FindDistinctPairs(DistinctPassages.FindDistinct(["a", "b", "c"]), new TokenizedRequest
        {
            QueryIds = [7, 8, 9],
            PassageIds = [[1], [1], [1]],
            QueryLengths = [3, 2, 3],
        }, new TruncationRule(64));

        Assert.Equal([3, 2], pairs.Pairs.QueryLengths!);
        Assert.Equal([1f, 2, 1], pairs.FindBestLogits([1, 2]));
        Assert.Equal([8, 7, 8], pairs.CountPairTokens());
    }
}
