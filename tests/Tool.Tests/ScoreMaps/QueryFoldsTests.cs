using Reranker.Tool.Input;
using Reranker.Tool.ScoreMaps;

namespace Reranker.Tool.Tests.ScoreMaps;

public sealed class QueryFoldsTests
{
    [Fact]
    public void Lines_that_ask_the_same_are_in_one_part_and_parts_are_of_one_size()
    {
        var queries = Enumerable.Range(0, 23).Select(static i => $"query {i}").ToList();
        queries.AddRange([" query 3", "Query 7", "query 7"]);

        var folds = QueryFolds.DealQueries(queries, 5);

        Assert.Equal((folds[3], folds[7], folds[7]), (folds[23], folds[24], folds[25]));
        Assert.Equal([4, 4, 5, 5, 5], folds.Take(23).CountBy(static f => f).Select(static g => g.Value).Order());
        Assert.Equal(folds, QueryFolds.DealQueries(queries, 5));
    }

    [Fact]
    public void Fewer_different_queries_than_parts_are_an_error()
        => Assert.Contains("has 2 different queries", Assert.Throws<InputException>(() => QueryFolds.DealQueries(["a", "b", "A"], 3)).Message, StringComparison.Ordinal);
}
