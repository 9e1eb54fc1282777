using Reranker.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Dialects;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Admission;

public sealed class TokenEstimateTests
{
    private static readonly FleetHint OneTokenACharacter = new() { TokensPerCharacter = 1 };

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

        Assert.Equal(tokens, TokenEstimate.Of(call, OneTokenACharacter, 100), 6);
    }
}
