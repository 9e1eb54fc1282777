using Reranker.Onnx.Verification.Ranking;

namespace Reranker.Onnx.Tests.Verification.Ranking;

public sealed class RankingEvaluationTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 0.5)]
    [InlineData(10, 0.28906)]
    [InlineData(11, 0)]
    public void The_gain_falls_with_the_logarithm_of_the_rank(int rank, double expected)
        => Assert.Equal(expected, RankingMeasures.ComputeNdcg([rank], 10), 1e-4);

    [Theory]
    [InlineData(new[] { 0.1f, 0.9f, 0.5f }, 2, 2)]
    [InlineData(new[] { 1f, 1f, 1f }, 1, 3)]
    [InlineData(new[] { 4f }, 0, 1)]
    public void A_tie_ranks_against_the_relevant_candidate(float[] logits, int relevant, int rank)
        => Assert.Equal([rank], RankingMeasures.FindRanks(logits, [relevant]));

    [Fact]
    public void Queries_are_read_line_by_line()
    {
        const string Line = """{"set":"s","lang":"en","query":"q","documents":["a","b"],"relevant":1}""";

        var queries = RankingQuery.Parse($"{Line}\r\n \n{Line}", "file", mayHaveNone: false).ToList();

        Assert.Equal(2, queries.Count);
        Assert.Equal(("s", "q", 1, 2), (queries[1].Set, queries[1].Query, queries[1].Relevant.Single(), queries[1].Documents.Count));
    }

    [Theory]
    [InlineData("""{"set":"s","query":"secret","documents":["a"],"relevant":1}""", "'relevant' has 1, and the documents are 0 to 0")]
    [InlineData("""{"set":"s","query":"secret","documents":["a"],"relevant":[0, 0]}""", "'relevant' has an index twice")]
    [InlineData("""{"set":"s","query":"secret","documents":["a"],"relevant":[]}""", "'relevant' is empty")]
    [InlineData("""{"set":"s","query":"secret","documents":["a"],"relevant":[0.5]}""", "'relevant' is no index")]
    [InlineData("""{"set":"s","query":"secret","documents":["a"],"relevant":"0"}""", "'relevant' is no index")]
    [InlineData("""{"set":"s","query":"secret","documents":["a"]}""", "'relevant' is no index")]
    [InlineData("""{"set":"s","query":"secret","documents":["a", null],"relevant":0}""", "'documents' is no list of texts")]
    [InlineData("""{"set":"s","query":"secret","documents":[],"relevant":0}""", "'documents' is no list of texts")]
    [InlineData("""{"query":"secret","documents":["a"],"relevant":0}""", "'set' is no text")]
    [InlineData("""{"set":"s","query":null,"documents":["secret"],"relevant":0}""", "'query' is no text")]
    [InlineData("""{"set":"s","lang":5,"query":"secret","documents":["a"],"relevant":0}""", "'lang' is no text")]
    [InlineData("""{"set":"s","query":"secret \ud800","documents":["a"],"relevant":0}""", "half of a surrogate pair")]
    [InlineData("""["secret"]""", "no JSON object")]
    [InlineData("secret", "it is no JSON")]
    public void A_bad_line_is_told_by_number_and_fault_and_not_by_its_text(string line, string fault)
    {
        var error = Assert.Throws<InvalidDataException>(() => RankingQuery.Parse($"\n{line}", "file", mayHaveNone: false).ToList());

        Assert.StartsWith("file: line 2 is no query", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
