using CsCheck;
using Reranker.Grains.Caching;
using Reranker.Inference.Tokenization;

namespace Reranker.Grains.Tests.Caching;

/// <summary>A key names a pair of a model: everything a score depends on changes it, and nothing else does.</summary>
public sealed class ScoreKeyTests
{
    private static readonly TokenizedRequest Pair = new() { QueryIds = [7, 8], PassageIds = [[1, 3]] };

    private static ScoreKey Of(TokenizedRequest pair, string identity = "1111") => ScoreKey.ComputeKeys(identity, pair)[0];

    [Fact]
    public void Identity_query_passage_and_their_boundary_count()
    {
        ScoreKey[] keys =
        [
            Of(Pair),
            Of(Pair, "2222"),
            Of(Pair with { QueryIds = [7, 9] }),
            Of(Pair with { PassageIds = [[1, 4]] }),
            Of(Pair with { QueryIds = [7], PassageIds = [[8, 1, 3]] }),
            Of(Pair with { QueryLengths = [1] }),
            Of(Pair with { QueryLengths = [1], KeepQueryEnd = true }),
            Of(Pair with { PassageIds = [[]] }),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void A_cut_query_is_the_query_that_is_left()
        => Assert.Equal(Of(Pair with { QueryIds = [8] }), Of(Pair with { QueryLengths = [1], KeepQueryEnd = true }));

    [Fact]
    public void Neighbours_in_the_request_do_not_count()
        => Gen.Int[4, 70_000].Array[0, 40].Array[1, 20].Sample(passages =>
        {
            var together = ScoreKey.ComputeKeys("1111", Pair with { PassageIds = passages });
            return passages.Select((ids, i) => Of(Pair with { PassageIds = [ids] }) == together[i]).All(same => same);
        });
}
