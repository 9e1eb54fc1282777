using Reranker.Client.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Client.Tests.Requests;

/// <summary>One set of limits, which the client checks before it sends and a silo before it works.</summary>
public sealed class RequestLimitsTests
{
    public static TheoryData<string, string[]> BadTexts => new()
    {
        { "", ["a"] },
        { " \n", ["a"] },
        { "q", [] },
        { "q", [null!] },
        { "q", new string[Limits.MaxPassages + 1] },
        { "q", [new string('a', Limits.MaxRequestCharacters)] },
    };

    public static TheoryData<TruncationOptions> BadTruncations =>
    [
        new TruncationOptions { MaxPairTokens = 5 },
        new TruncationOptions { MaxPassageTokens = 0 },
        new TruncationOptions { MaxQueryTokens = 0 },
        new TruncationOptions { MaxChunks = 0 },
        new TruncationOptions { MaxChunks = Limits.MaxChunks + 1 },
        new TruncationOptions { ChunkOverlap = -1 },
    ];

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(BadTexts))]
    public async Task Texts_that_break_a_limit_are_never_sent_and_never_worked_on(string query, string[] passages)
    {
        await AssertIsNeverSentAsync(query, passages, new RerankOptions());
        Assert.NotNull(RequestLimits.FindProblem(Create(query, passages, new()), out _));
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(BadTruncations))]
    public async Task Truncation_that_breaks_a_limit_is_never_sent_and_never_worked_on(TruncationOptions truncation)
    {
        await AssertIsNeverSentAsync("q", ["a"], new RerankOptions { Truncation = truncation });
        Assert.NotNull(RequestLimits.FindProblem(Create("q", ["a"], truncation), out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(601)]
    public Task A_deadline_that_breaks_a_limit_is_never_sent(double seconds)
        => AssertIsNeverSentAsync("q", ["a"], new RerankOptions { Deadline = TimeSpan.FromSeconds(seconds) });

    [Fact]
    public void What_is_missing_in_a_message_is_told_and_not_thrown()
    {
        Assert.NotNull(RequestLimits.FindProblem(Create(null!, ["a"], new()), out _));
        Assert.NotNull(RequestLimits.FindProblem(Create("q", null!, new()), out _));
        Assert.NotNull(RequestLimits.FindProblem(Create("q", ["a"], null!), out _));
    }

    [Fact]
    public void What_is_right_has_its_passages_counted()
    {
        var truncation = new TruncationOptions { MaxPairTokens = 6, MaxPassageTokens = 1, MaxQueryTokens = 1, MaxChunks = Limits.MaxChunks, ChunkOverlap = 0 };

        Assert.Null(RequestLimits.FindProblem(Create("q", ["aa", "", "b"], truncation), out var characters));
        Assert.Equal(3, characters);
    }

    [Fact]
    public async Task An_empty_passage_is_legal()
    {
        using var host = new ClientHost();

        Assert.True((await host.Reranker.TryRerankAsync("q", [""], null, TestContext.Current.CancellationToken)).IsOk);
    }

    private static async Task AssertIsNeverSentAsync(string query, string[] passages, RerankOptions options)
    {
        using var host = new ClientHost();

        var response = await host.Reranker.TryRerankAsync(query, passages, options, TestContext.Current.CancellationToken);

        Assert.Equal(RerankOutcome.Invalid, response.Outcome);
        Assert.Empty(host.Grains.Calls);
    }

    private static RerankRequest Create(string query, string[] passages, TruncationOptions truncation)
        => new() { Query = query, Passages = passages, Truncation = truncation, RemainingMilliseconds = 1_000 };
}
