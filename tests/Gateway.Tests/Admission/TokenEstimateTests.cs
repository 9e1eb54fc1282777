using Reranker.Client;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Calls;
using Reranker.Gateway.Models;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Admission;

public sealed class TokenEstimateTests
{
    private static readonly ModelCapacity Fast = new("fast", 512, 1_000, 1, 0.25);
    private static readonly ModelCapacity Slow = new("slow", 100, 10, 1, 0.5);

    [Theory]
    [InlineData(50, 1, 64)]
    [InlineData(500, 1, 100)]
    [InlineData(500, 3, 300)]
    // Room 86: 500 tokens with overlaps of 10 are 7 chunks, 6 of them repeat 10 tokens, each has the query of 10 and 4 more.
    [InlineData(500, 100, 500 + (6 * 10) + (7 * 14))]
    public void A_chunk_costs_its_query_and_its_overlap(int passage, int chunks, double tokens)
    {
        var call = new RerankCall
        {
            Query = new string('q', 10),
            Passages = [new string('p', passage)],
            Truncation = new TruncationOptions { MaxChunks = chunks, ChunkOverlap = 10 },
        };

        Assert.Equal(tokens, new TokenEstimate(call, 1, 100).Tokens, 6);
    }

    [Fact]
    public void Every_pair_costs_its_own_query()
    {
        var call = new RerankCall
        {
            Query = "q",
            Queries = ["q", new string('r', 20), "q"],
            Passages = ["same", "same", "same"],
            Truncation = new TruncationOptions(),
        };
        var estimate = new TokenEstimate(call, 1, 100);

        Assert.Equal((1 + 4 + 4) + (20 + 4 + 4) + (1 + 4 + 4), estimate.Tokens);
        Assert.Equal(estimate.Tokens, estimate.CountEqualPassagesOnce());
    }

    [Fact]
    public void Equal_passages_cost_once()
    {
        Assert.Equal(14, Estimates.Of([.. Enumerable.Repeat("0123456789", 20_000)]).Tokens);

        // A few are looked at when it matters.
        var few = Estimates.Of("same", "same", "other");
        Assert.Equal(4 + 4 + 4 + 4 + 5 + 4, few.Tokens);
        Assert.Equal(4 + 4 + 5 + 4, few.CountEqualPassagesOnce());
        Assert.Equal(4 + 4 + 5 + 4, few.Tokens);
    }

    [Fact]
    public void The_limit_is_that_of_the_model_that_was_asked_for()
    {
        var call = Call(new string('x', 1_000));

        Assert.Equal(100, new TokenEstimator().EstimateTokens(call, "", Slow).Tokens);
        Assert.Equal(254, new TokenEstimator().EstimateTokens(call, "", Fast).Tokens);
    }

    [Fact]
    public void A_thousand_short_texts_of_another_script_move_the_estimate_of_nobody_else_and_hardly_their_own()
    {
        var estimator = new TokenEstimator();
        var text = Call(new string('x', 1_000));
        for (var i = 0; i < 300; i++)
        {
            // One character, two tokens.
            estimator.LearnFromUsage(Call("語"), "odd", Fast, new RerankUsage(6, 0, 0, 0));
        }

        Assert.Equal(254, estimator.EstimateTokens(text, "usual", Fast).Tokens);
        Assert.InRange(estimator.EstimateTokens(text, "odd", Fast).Tokens, 254, 254 * 1.5);
        Assert.Equal(100, estimator.EstimateTokens(text, "odd", Slow).Tokens);
    }

    [Fact]
    public void A_tenants_texts_are_estimated_by_what_its_texts_had()
    {
        var estimator = new TokenEstimator();
        for (var i = 0; i < 50; i++)
        {
            estimator.LearnFromUsage(Call(new string('語', 1_000)), "han", Fast, new RerankUsage(404, 0, 0, 0));
        }

        Assert.InRange(estimator.EstimateTokens(Call(new string('語', 1_000)), "han", Fast).Tokens, 385, 404);
    }

    private static RerankCall Call(string passage) => new() { Query = "", Passages = [passage], Truncation = new() };
}
