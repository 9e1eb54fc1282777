using System.IO.Compression;
using Reranker.Onnx.Verification.Ranking;
using Reranker.TestKit;

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
    public async Task Queries_are_read_from_plain_and_compressed_lines()
    {
        using var temp = new TempFolder();
        var line = """{"set":"s","lang":"en","query":"q","documents":["a","b"],"relevant":1}""" + "\n";
        File.WriteAllText(temp["plain.jsonl"], line + line);
        using (var gzip = new GZipStream(File.Create(temp["packed.jsonl.gz"]), CompressionLevel.Fastest))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(line));
        }

        var plain = await RankingQuery.ReadAsync(temp["plain.jsonl"], TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var packed = await RankingQuery.ReadAsync(temp["packed.jsonl.gz"], TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, plain.Count);
        Assert.Equal(("s", "q", 1, 2), (packed[0].Set, packed[0].Query, packed[0].Relevant.Single(), packed[0].Documents.Count));
    }

    [Theory]
    [InlineData("""{"set":"s","query":"secret","documents":["a"],"relevant":1}""")]
    [InlineData("""{"set":"s","query":"secret","documents":["a"]}""")]
    [InlineData("secret")]
    public async Task A_bad_line_is_told_by_number_and_not_by_its_text(string line)
    {
        using var temp = new TempFolder();
        File.WriteAllText(temp["bad.jsonl"], line);

        var error = await Assert.ThrowsAsync<InvalidDataException>(async () =>
            await RankingQuery.ReadAsync(temp["bad.jsonl"], TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));

        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }
}
