using Reranker.Client.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Client.Tests;

public sealed class RequestChecksTests
{
    public static TheoryData<string, string[], double> Bad => new()
    {
        { "", ["a"], 1 },
        { " \n", ["a"], 1 },
        { "q", [], 1 },
        { "q", [null!], 1 },
        { "q", new string[Limits.MaxPassages + 1], 1 },
        { "q", [new string('a', Limits.MaxRequestCharacters)], 1 },
        { "q", ["a"], 0 },
        { "q", ["a"], -1 },
        { "q", ["a"], 601 },
    };

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Bad))]
    public async Task What_breaks_a_limit_of_the_wire_is_never_sent(string query, string[] passages, double seconds)
    {
        using var host = new ClientHost();

        var response = await host.Reranker.TryRerankAsync(
            query, passages, new RerankOptions { Deadline = TimeSpan.FromSeconds(seconds) }, TestContext.Current.CancellationToken);

        Assert.Equal(RerankOutcome.Invalid, response.Outcome);
        Assert.Empty(host.Grains.Calls);
    }

    [Fact]
    public async Task An_empty_passage_is_legal()
    {
        using var host = new ClientHost();

        Assert.True((await host.Reranker.TryRerankAsync("q", [""], null, TestContext.Current.CancellationToken)).IsOk);
    }
}
