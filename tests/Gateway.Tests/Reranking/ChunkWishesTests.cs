using System.Net;
using Reranker.Client;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Reranking;

/// <summary>How a request says that long passages are scored in chunks, and how the reply says that they were.</summary>
public sealed class ChunkWishesTests
{
    private const string Tei = """{"query":"q","texts":["a"]}""";
    private const string Cohere = """{"query":"q","documents":["a"]}""";
    private const string WithChunks = """{"query":"q","documents":["a"],"max_chunks_per_doc":"7","overlap_tokens":5}""";

    [Theory]
    [InlineData("/rerank", Tei, null, null, 1, 64)]
    [InlineData("/rerank", Tei, "10", null, 10, 64)]
    [InlineData("/rerank", Tei, "10", "0", 10, 0)]
    [InlineData("/v1/rerank", Cohere, "10", "32", 10, 32)]
    [InlineData("/v1/rerank", WithChunks, null, null, 7, 5)]
    [InlineData("/v1/rerank", WithChunks, "10", "32", 7, 5)]
    public async Task The_body_wins_over_the_headers_and_these_over_the_options(
        string path, string body, string? chunks, string? overlap, int expectedChunks, int expectedOverlap)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(200, (await host.PostAsync(path, body, Headers(chunks, overlap))).Status);

        var truncation = Assert.Single(host.Reranker.Calls).Options.Truncation;
        Assert.Equal((expectedChunks, expectedOverlap), (truncation.MaxChunks, truncation.ChunkOverlap));
    }

    [Fact]
    public async Task Options_hold_where_the_request_does_not_say()
    {
        await using var host = await GatewayHost.StartAsync(("MaxChunks", "4"), ("ChunkOverlap", "8"));

        await host.PostAsync("/rerank", Tei);
        await host.PostAsync("/rerank", Tei, ("X-Reranker-Max-Chunks", "1"));

        Assert.Equal([(4, 8), (1, 8)], host.Reranker.Calls.Select(c => (c.Options.Truncation.MaxChunks, c.Options.Truncation.ChunkOverlap)));
    }

    [Theory]
    [InlineData("/rerank", Tei, null, false, false)]
    [InlineData("/rerank", Tei, null, true, true)]
    [InlineData("/rerank", Tei, "false", true, false)]
    [InlineData("/rerank", Tei, "true", false, true)]
    [InlineData("/v1/rerank", """{"query":"q","documents":["a"],"chunk_at_sentences":true}""", "false", false, true)]
    [InlineData("/v1/score", """{"text_1":"q","text_2":["a"],"chunk_at_sentences":false}""", null, true, false)]
    public async Task So_it_is_with_sentences(string path, string body, string? header, bool option, bool expected)
    {
        await using var host = await GatewayHost.StartAsync(("ChunkAtSentences", $"{option}"));

        Assert.Equal(200, (await host.PostAsync(path, body, header is null ? [] : [("X-Reranker-Chunk-At-Sentences", header)])).Status);

        Assert.Equal(expected, Assert.Single(host.Reranker.Calls).Options.ChunkAtSentences);
    }

    [Theory]
    [InlineData("/rerank", Tei, "yes", 422)]
    [InlineData("/v1/rerank", """{"query":"q","documents":["a"],"chunk_at_sentences":"perhaps"}""", "true", 400)]
    public async Task What_is_neither_true_nor_false_is_an_error(string path, string body, string header, int status)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(status, (await host.PostAsync(path, body, ("X-Reranker-Chunk-At-Sentences", header))).Status);
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("1001", null)]
    [InlineData("many", null)]
    [InlineData("2", "-1")]
    [InlineData("2", "1.5")]
    public async Task A_header_out_of_range_is_an_error(string chunks, string? overlap)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/rerank", Tei, Headers(chunks, overlap));

        Assert.Equal((int)HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains(overlap is null ? "X-Reranker-Max-Chunks" : "X-Reranker-Chunk-Overlap", answer.Body, StringComparison.Ordinal);
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("""{"query":"q","documents":["a"],"max_chunks_per_doc":1001}""")]
    [InlineData("""{"query":"q","documents":["a"],"max_chunks_per_doc":-1}""")]
    [InlineData("""{"query":"q","documents":["a"],"overlap_tokens":-1}""")]
    public async Task A_field_out_of_range_is_an_error(string body)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, (await host.PostAsync("/v1/rerank", body)).Status);
    }

    [Fact]
    public async Task The_reply_says_what_was_scored_in_chunks()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.Script = _ => Task.FromResult(new RerankResponse
        {
            Outcome = RerankOutcome.Ok,
            Result = new RerankResult
            {
                Passages = [new PassageScore(0, 1, 1_500, 0) { Chunks = 3 }],
                Usage = new RerankUsage(1_500, 3, 0, 0) { ChunkedPassages = 1, Chunks = 3 },
                Model = ScriptedReranker.Model,
                ModelIdentity = "abc123",
                Timings = default,
            },
        });

        var answer = await host.PostAsync("/v2/rerank", Cohere, ("X-Reranker-Max-Chunks", "3"));

        Assert.Equal("1", answer.Headers["X-Reranker-Chunked"]);
        Assert.DoesNotContain("X-Reranker-Truncated", answer.Headers.Keys);
        var warning = Assert.Single(answer.Json.GetProperty("meta").GetProperty("warnings").EnumerateArray());
        Assert.Equal("1 document(s) were scored in 3 chunks; the best chunk of each counts.", warning.GetString());
        Assert.Equal(1_500, answer.Json.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    private static (string, string)[] Headers(string? chunks, string? overlap) =>
        [.. new[] { ("X-Reranker-Max-Chunks", chunks!), ("X-Reranker-Chunk-Overlap", overlap!) }.Where(h => h.Item2 is not null)];
}
