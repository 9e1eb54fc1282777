using CsCheck;
using Reranker.Inference.Models;
using Reranker.Inference.Tokenization;

namespace Reranker.Inference.Tests.Tokenization;

public sealed class PairTruncationTests
{
    private static readonly Gen<int> Lengths = Gen.Frequency((3, Gen.Int[0, 20]), (1, Gen.Int[0, 300]));

    private static readonly Gen<TruncationRule> Rules =
        Gen.Select(Gen.Int[6, 64], Gen.Bool, Gen.Bool, Gen.Int[1, 60].Nullable(), Gen.Int[1, 60].Nullable()).Select(
            static (max, longest, end, passage, query) => new TruncationRule(max, longest, end, MaxPassageTokens: passage, MaxQueryTokens: query));

    [Fact]
    public void Limits_hold_cut_and_kept_are_all_and_ids_come_from_the_kept_end()
        => Gen.Select(Lengths, Lengths.Array[0, 6], Rules).Sample(
            (queryLength, passageLengths, rule) =>
            {
                var request = Apply(queryLength, passageLengths, rule);
                Assert.Equal(queryLength, request.QueryIds.Length + request.QueryCutTokens);
                Assert.Equal(Kept(queryLength, request.QueryIds.Length, rule), request.QueryIds);
                for (var i = 0; i < passageLengths.Length; i++)
                {
                    var ids = request.PassageIds[i];
                    Assert.InRange(request.CountPairTokens(i), PairLayout.SpecialTokens, rule.MaxPairTokens);
                    Assert.InRange(ids.Length, 0, rule.MaxPassageTokens ?? int.MaxValue);
                    Assert.Equal(passageLengths[i], ids.Length + (request.CutTokens?[i] ?? 0));
                    Assert.Equal(Kept(passageLengths[i], ids.Length, rule), ids);
                    Assert.True(ids.Length > 0 || passageLengths[i] == 0, "a passage lost all its tokens");
                }
            },
            iter: 2000, seed: "0000000000C1", threads: 1);

    [Fact]
    public void Longest_first_is_the_same_as_taking_tokens_one_at_a_time_from_the_longer_text()
        => Gen.Select(Lengths, Lengths, Gen.Int[6, 64]).Sample(
            (query, passage, max) =>
            {
                var request = Apply(query, [passage], new TruncationRule(max, LongestFirst: true));
                var (keptQuery, keptPassage) = (query, passage);
                while (keptQuery + keptPassage > max - PairLayout.SpecialTokens)
                {
                    // At a tie the text that was longer keeps the odd token.
                    if (keptQuery > keptPassage || (keptQuery == keptPassage && query <= passage))
                    {
                        keptQuery--;
                    }
                    else
                    {
                        keptPassage--;
                    }
                }

                Assert.Equal((keptQuery, keptPassage), (request.QueryIds.Length, request.PassageIds[0].Length));
                Assert.Null(request.QueryLengths);
            },
            iter: 2000, seed: "0000000000C2", threads: 1);

    [Fact]
    public void Longest_first_cuts_the_query_of_each_pair_by_itself()
    {
        var request = Apply(10, [2, 10, 30], new TruncationRule(4 + 15, LongestFirst: true, KeepEnd: true));
        Assert.Equal([10, 7, 7], request.QueryLengths!);
        Assert.True(request.KeepQueryEnd);
        Assert.Equal([2, 8, 8], request.PassageIds.Select(static ids => ids.Length));
        Assert.Equal([0, 2, 22], request.CutTokens!);
        Assert.Equal(0, request.QueryCutTokens);
    }

    [Fact]
    public void Only_second_keeps_three_quarters_for_the_query()
    {
        var request = Apply(1000, [1000], new TruncationRule(510));
        Assert.Equal((382, 124), (request.QueryIds.Length, request.PassageIds[0].Length));
        Assert.Equal((618, 876), (request.QueryCutTokens, request.CutTokens![0]));
    }

    [Theory]
    [InlineData(10, 3, null, null, 14)]
    [InlineData(3, 10, null, null, 14)]
    [InlineData(2, 6, 5, null, 11)]
    [InlineData(6, 2, null, 5, 11)]
    public void A_pair_that_does_not_fit_and_must_not_be_cut_is_an_error(int query, int passage, int? maxPassage, int? maxQuery, int limit)
    {
        var rule = new TruncationRule(14, Allowed: false, MaxPassageTokens: maxPassage, MaxQueryTokens: maxQuery);
        var error = Assert.Throws<PairTooLongException>(() => Apply(query, [passage, passage + 1], rule));
        Assert.Equal(limit, error.MaxTokens);
        Assert.InRange(error.Tokens, limit + 1, int.MaxValue);
    }

    [Fact]
    public void The_first_pair_that_is_too_long_is_named_with_its_tokens()
    {
        var error = Assert.Throws<PairTooLongException>(() => Apply(4, [1, 6, 7, 9], new TruncationRule(14, Allowed: false)));
        Assert.Equal((2, 15, 14), (error.PassageIndex, error.Tokens, error.MaxTokens));
    }

    [Fact]
    public void A_long_query_that_fits_is_not_cut_when_cutting_is_not_allowed()
        => Assert.Equal(9, Apply(9, [1], new TruncationRule(14, Allowed: false)).QueryIds.Length);

    [Theory]
    [InlineData(4, null, null)]
    [InlineData(5, null, null)]
    [InlineData(-1, null, null)]
    [InlineData(512, 0, null)]
    [InlineData(512, null, 0)]
    public void Rules_that_leave_no_room_are_refused(int max, int? passage, int? query)
        => Assert.Throws<ArgumentOutOfRangeException>(
            () => PairTruncation.ValidateRule(new TruncationRule(max, MaxPassageTokens: passage, MaxQueryTokens: query)));

    private static TokenizedRequest Apply(int query, int[] passages, TruncationRule rule)
    {
        PairTruncation.ValidateRule(rule);
        return PairTruncation.CutToFit(
            Text(query, PairTruncation.FindQueryLimit(rule), rule.KeepEnd),
            [.. passages.Select(length => Text(length, PairTruncation.FindPassageLimit(rule), rule.KeepEnd))],
            rule);
    }

    private static TokenizedText Text(int length, int limit, bool keepEnd)
    {
        var kept = Math.Min(length, limit);
        var ids = Enumerable.Range(0, length).ToArray();
        return new TokenizedText(keepEnd ? ids[^kept..] : ids[..kept], length - kept, IsExact: true, length);
    }

    private static int[] Kept(int length, int kept, TruncationRule rule)
        => [.. Enumerable.Range(rule.KeepEnd ? length - kept : 0, kept)];
}
