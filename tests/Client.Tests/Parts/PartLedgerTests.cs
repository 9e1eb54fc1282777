using Reranker.Client.Parts;
using Reranker.Requests;

namespace Reranker.Client.Tests.Parts;

/// <summary>Whatever attempts tell, the caller is told each passage once, all of one identity, and in the end what the response has.</summary>
public sealed class PartLedgerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_passage_is_told_once_and_the_last_part_has_the_rest()
    {
        var ledger = new PartLedger(4);
        ledger.AddParts(1, Told("x", 2, 0), map: null);
        ledger.AddParts(1, Told("x", 0), map: null);
        ledger.AddParts(1, Told("x", 0, 1), map: null);
        ledger.EndRequest(Whole("x", 4));

        var parts = await ledger.ReadPartsAsync(Cancelled).ToListAsync(Cancelled);

        Assert.Equal([[2, 0], [1], [3]], parts.Select(Indexes));
        Assert.Equal([0, 0, 0], parts.Select(static part => part.Generation));
        Assert.Equal([false, false, true], parts.Select(static part => part.Response is not null));
        Assert.Equal([0f, 1, 2, 3], parts[^1].Response!.Result!.Passages.Select(static score => score.Logit));
    }

    [Fact]
    public async Task Another_identity_takes_back_what_was_told_and_drops_what_nobody_took()
    {
        var ledger = new PartLedger(3);
        await using var reader = ledger.ReadPartsAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        ledger.AddParts(1, Told("x", 0), map: null);
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal((0, "x"), (reader.Current.Generation, reader.Current.ModelIdentity));

        ledger.AddParts(1, Told("x", 1), map: null);
        ledger.AddParts(1, Told("y"), map: null);
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal((1, "y"), (reader.Current.Generation, reader.Current.ModelIdentity));
        Assert.Empty(reader.Current.Scores);

        ledger.AddParts(1, Told("y", 0, 2), map: null);
        ledger.EndRequest(Whole("y", 3));
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal([0, 2], Indexes(reader.Current));
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal([1], Indexes(reader.Current));
        Assert.False(await reader.MoveNextAsync());
    }

    [Fact]
    public async Task An_older_attempt_of_another_identity_is_not_heard()
    {
        var ledger = new PartLedger(3);
        ledger.AddParts(1, Told("x", 0), map: null);
        ledger.AddParts(2, Told("y", 0), map: null);
        ledger.AddParts(1, Told("x", 1), map: null);
        ledger.EndRequest(Whole("y", 3));

        var parts = await ledger.ReadPartsAsync(Cancelled).ToListAsync(Cancelled);

        Assert.Equal([(1, "y"), (1, "y")], parts.Select(static part => (part.Generation, part.ModelIdentity)));
        Assert.Equal([[0], [1, 2]], parts.Select(Indexes));
    }

    [Fact]
    public async Task A_response_of_another_identity_takes_everything_back()
    {
        var ledger = new PartLedger(2);
        ledger.AddParts(2, Told("x", 0), map: null);
        ledger.EndRequest(Whole("y", 2));

        var part = Assert.Single(await ledger.ReadPartsAsync(Cancelled).ToListAsync(Cancelled));

        Assert.Equal((1, "y"), (part.Generation, part.ModelIdentity));
        Assert.Equal([0, 1], Indexes(part));
    }

    [Fact]
    public async Task A_score_stays_as_it_was_told()
    {
        var ledger = new PartLedger(2);
        ledger.AddParts(1, Told("x", 0) with { Logits = [0.125f] }, map: null);
        ledger.EndRequest(Whole("x", 2));

        var parts = await ledger.ReadPartsAsync(Cancelled).ToListAsync(Cancelled);

        Assert.Equal([0.125f, 1], parts[^1].Response!.Result!.Passages.Select(static score => score.Logit));
    }

    [Fact]
    public async Task A_failure_is_the_last_part_and_nothing_comes_behind_it()
    {
        var ledger = new PartLedger(2);
        ledger.AddParts(1, Told("x", 0), map: null);
        ledger.EndRequest(RerankResponse.CreateFailure(RerankOutcome.Expired, "Too late."));
        ledger.AddParts(1, Told("x", 1), map: null);

        var parts = await ledger.ReadPartsAsync(Cancelled).ToListAsync(Cancelled);

        Assert.Equal([[0], []], parts.Select(Indexes));
        Assert.Equal(RerankOutcome.Expired, parts[^1].Response!.Outcome);
    }

    [Fact]
    public async Task Random_attempts_merge_to_exactly_the_response()
    {
        var random = new Random(17);
        for (var round = 0; round < 2_000; round++)
        {
            var count = random.Next(1, 12);
            var ledger = new PartLedger(count);
            string[] identities = ["x", "y", "z"];
            for (var told = random.Next(12); told > 0; told--)
            {
                ledger.AddParts(random.Next(1, 4), Told(identities[random.Next(3)], [.. Enumerable.Range(0, count).Where(_ => random.Next(3) == 0)]), map: null);
            }

            ledger.EndRequest(Whole(identities[random.Next(3)], count));
            AssertMergesToResponse(await ledger.ReadPartsAsync(Cancelled).ToListAsync(Cancelled), count);
        }
    }

    /// <summary>What a consumer does: it drops what an earlier generation told, and adds up the rest.</summary>
    internal static void AssertMergesToResponse(List<RerankPart> parts, int count)
    {
        var merged = new Dictionary<int, PassageScore>();
        var generation = 0;
        var identity = parts[0].ModelIdentity;
        foreach (var part in parts)
        {
            Assert.True(part.Generation >= generation);
            if (part.Generation > generation)
            {
                merged.Clear();
                (generation, identity) = (part.Generation, part.ModelIdentity);
            }

            Assert.Equal(identity, part.ModelIdentity);
            Assert.All(part.Scores, score => Assert.True(merged.TryAdd(score.Index, score)));
        }

        var result = parts[^1].Response!.Result!;
        Assert.Equal(result.ModelIdentity, identity);
        Assert.Equal(count, merged.Count);
        Assert.Equal(result.Passages, Enumerable.Range(0, count).Select(index => merged[index]));
    }

    private static int[] Indexes(RerankPart part) => [.. part.Scores.Select(static score => score.Index)];

    private static RerankParts Told(string identity, params int[] passages) => new()
    {
        IsUnderWay = true,
        Model = "m",
        ModelIdentity = identity,
        Passages = passages,
        Logits = Array.ConvertAll(passages, static passage => (float)passage),
        PairTokens = Array.ConvertAll(passages, static passage => passage + 4),
    };

    private static RerankResponse Whole(string identity, int count) => new()
    {
        Outcome = RerankOutcome.Ok,
        Result = new RerankResult
        {
            Passages = [.. Enumerable.Range(0, count).Select(static i => new PassageScore(i, i, i + 4, 0))],
            Usage = default,
            Model = "m",
            ModelIdentity = identity,
            Timings = default,
        },
    };
}
