using Reranker.Client.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;

namespace Reranker.Client.Tests.Parts;

/// <summary>The client's stream of parts, over silos that tell them, do not know the question, or tell nonsense.</summary>
public sealed class RerankInPartsTests
{
    private static readonly string[] Passages = ["a", "bb", "ccc"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_come_while_the_request_has_no_answer()
    {
        using var host = new ClientHost();
        var reply = new TaskCompletionSource<RerankReply>();
        host.Grains.OnRerank = (_, _, _) => reply.Task;
        host.Grains.OnParts = TellOnce([1]);
        await using var parts = Enumerate(host);

        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([1], parts.Current.Scores.Select(static score => score.Index));
        Assert.Null(parts.Current.Response);
        var (_, request, _) = host.Grains.Calls.Single();
        Assert.NotNull(request.PartsId);

        reply.SetResult(ScriptedGrains.Ok(request));
        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([0, 2], parts.Current.Scores.Select(static score => score.Index));
        Assert.Equal([1f, 2, 3], parts.Current.Response!.Result!.Passages.Select(static score => score.Logit));
        Assert.False(await parts.MoveNextAsync());
    }

    [Fact]
    public async Task A_silo_that_does_not_know_the_question_gives_the_whole_as_one_part()
    {
        using var host = new ClientHost();

        var parts = await host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled).ToListAsync(Cancelled);

        var part = Assert.Single(parts);
        Assert.Equal(part.Response!.Result!.Passages, part.Scores);
        Assert.Equal(3, part.Scores.Count);
    }

    [Fact]
    public async Task A_silo_that_does_not_know_the_question_is_not_asked_again()
    {
        using var host = new ClientHost();
        host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { Silo = "old" });
        Assert.Single(await host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled).ToListAsync(Cancelled));
        await Until.TrueAsync(() => host.Inquiry.IsWithoutParts("old"));

        // The other shards' silo has no name before their first answers.
        for (var shard = 0; shard < RerankShards.Count; shard++)
        {
            host.Shards.NoteAnswer(shard, "old");
        }

        for (var request = 0; request < 20; request++)
        {
            Assert.Single(await host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled).ToListAsync(Cancelled));
        }

        Assert.Equal(1, host.Grains.PartQuestions);
    }

    [Fact]
    public async Task A_question_that_is_lost_is_asked_again_with_the_next_request()
    {
        using var host = new ClientHost();
        host.Grains.OnRerank = static (_, request, _) => Task.FromResult(ScriptedGrains.Ok(request) with { Silo = "well" });
        host.Grains.OnParts = static (_, _) => Task.FromException<RerankParts>(new TimeoutException());
        for (var request = 0; request < 5; request++)
        {
            Assert.Single(await host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled).ToListAsync(Cancelled));
        }

        Assert.Equal(5, host.Grains.PartQuestions);
        Assert.False(host.Inquiry.IsWithoutParts("well"));
    }

    [Fact]
    public async Task Parts_that_do_not_add_up_are_not_told_and_no_more_is_asked()
    {
        using var host = new ClientHost();
        var reply = new TaskCompletionSource<RerankReply>();
        host.Grains.OnRerank = (_, _, _) => reply.Task;
        host.Grains.OnParts = static (_, _) => Task.FromResult(Told([7]));
        await using var parts = Enumerate(host);
        var next = parts.MoveNextAsync();
        await Until.TrueAsync(() => host.Grains.PartQuestions == 1);

        reply.SetResult(ScriptedGrains.Ok(host.Grains.Calls.Single().Request));

        Assert.True(await next);
        Assert.Equal(3, parts.Current.Scores.Count);
        Assert.Equal(1, host.Grains.PartQuestions);
    }

    [Fact]
    public async Task A_question_that_comes_before_its_request_is_asked_again()
    {
        using var host = new ClientHost();
        var reply = new TaskCompletionSource<RerankReply>();
        host.Grains.OnRerank = (_, _, _) => reply.Task;
        var told = TellOnce([2]);
        var questions = 0;
        host.Grains.OnParts = (id, cancellation) => Interlocked.Increment(ref questions) < 4
            ? Task.FromResult(new RerankParts { IsUnderWay = false })
            : told(id, cancellation);
        await using var parts = Enumerate(host);
        var next = parts.MoveNextAsync().AsTask();

        while (!next.IsCompleted)
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.True(await next);
        Assert.Equal([2], parts.Current.Scores.Select(static score => score.Index));
        reply.SetResult(ScriptedGrains.Ok(host.Grains.Calls.Single().Request));
        Assert.True(await parts.MoveNextAsync());
    }

    [Fact]
    public async Task Who_takes_no_more_parts_ends_the_request_and_the_questions()
    {
        using var host = new ClientHost();
        host.Grains.OnRerank = static (_, _, cancellation) => ScriptedGrains.Never(cancellation);
        var tokens = new List<CancellationToken>();
        var told = TellOnce([0]);
        host.Grains.OnParts = (id, cancellation) =>
        {
            tokens.Add(cancellation);
            return told(id, cancellation);
        };

        await foreach (var part in host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled))
        {
            Assert.Null(part.Response);
            break;
        }

        Assert.True(host.Grains.Calls.Single().Token.IsCancellationRequested);
        Assert.All(tokens, static token => Assert.True(token.IsCancellationRequested));
    }

    [Fact]
    public async Task The_callers_cancellation_is_thrown()
    {
        using var host = new ClientHost();
        host.Grains.OnRerank = static (_, _, cancellation) => ScriptedGrains.Never(cancellation);
        using var cancellation = new CancellationTokenSource();
        await using var parts = host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: cancellation.Token).GetAsyncEnumerator(Cancelled);
        var next = parts.MoveNextAsync();
        await host.CallsAsync(1);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        Assert.True(host.Grains.Calls.Single().Token.IsCancellationRequested);
    }

    [Fact]
    public async Task The_deadline_ends_a_request_that_has_told_parts()
    {
        using var host = new ClientHost();
        host.Grains.OnRerank = static (_, _, cancellation) => ScriptedGrains.Never(cancellation);
        host.Grains.OnParts = TellOnce([0]);
        await using var parts = host.Reranker
            .TryRerankInPartsAsync("q", Passages, new RerankOptions { Deadline = TimeSpan.FromSeconds(1) }, Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await parts.MoveNextAsync());

        host.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await parts.MoveNextAsync());
        Assert.Equal(RerankOutcome.Expired, parts.Current.Response!.Outcome);
        Assert.Empty(parts.Current.Scores);
        Assert.False(await parts.MoveNextAsync());
    }

    [Fact]
    public async Task Another_attempt_goes_on_with_what_the_lost_one_has_not_told()
    {
        using var host = new ClientHost();
        var told = new TaskCompletionSource();
        var second = new TaskCompletionSource<RerankReply>();
        host.Grains.OnRerank = async (call, _, _) =>
        {
            if (call == 0)
            {
                await told.Task;
                throw new TimeoutException();
            }

            return await second.Task;
        };
        host.Grains.OnParts = (id, cancellation) => TellOnceOf(host, id, cancellation);
        await using var parts = Enumerate(host);

        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([0], parts.Current.Scores.Select(static score => score.Index));
        told.SetResult();
        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([1], parts.Current.Scores.Select(static score => score.Index));
        second.SetResult(ScriptedGrains.Ok(host.Grains.Calls.Last().Request));
        Assert.True(await parts.MoveNextAsync());
        Assert.Equal([2], parts.Current.Scores.Select(static score => score.Index));
        Assert.Equal(0, parts.Current.Generation);
        Assert.Equal(2, host.Grains.Calls.Select(static call => call.Request.PartsId).Distinct().Count());
    }

    [Fact]
    public async Task A_caller_who_waits_for_the_whole_asks_for_no_parts()
    {
        using var host = new ClientHost();

        Assert.True((await host.TryAsync()).IsOk);

        Assert.Null(host.Grains.Calls.Single().Request.PartsId);
        Assert.Equal(0, host.Grains.PartQuestions);
    }

    [Fact]
    public async Task An_implementation_without_parts_gives_the_whole_as_one()
    {
        IReranker whole = new WholeReranker();

        var part = Assert.Single(await whole.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled).ToListAsync(Cancelled));

        Assert.Equal((RerankOutcome.Busy, 0), (part.Response!.Outcome, part.Scores.Count));
    }

    private static IAsyncEnumerator<RerankPart> Enumerate(ClientHost host) =>
        host.Reranker.TryRerankInPartsAsync("q", Passages, cancellationToken: Cancelled).GetAsyncEnumerator(Cancelled);

    // The first attempt tells passage 0, the second tells 0 and 1.
    private static Task<RerankParts> TellOnceOf(ClientHost host, Guid id, CancellationToken cancellation)
    {
        var attempt = host.Grains.Calls.Select(static call => call.Request.PartsId).ToList().IndexOf(id);
        return host.Grains.PartQuestions == (2 * attempt) + 1 ? Task.FromResult(Told(attempt == 0 ? [0] : [0, 1])) : NeverAsync(cancellation);
    }

    private static Func<Guid, CancellationToken, Task<RerankParts>> TellOnce(int[] passages)
    {
        var questions = 0;
        return (_, cancellation) => Interlocked.Increment(ref questions) == 1 ? Task.FromResult(Told(passages)) : NeverAsync(cancellation);
    }

    private static async Task<RerankParts> NeverAsync(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return Told([]);
    }

    private static RerankParts Told(int[] passages) => new()
    {
        IsUnderWay = true,
        Model = "m",
        ModelIdentity = "id",
        Passages = passages,
        Logits = Array.ConvertAll(passages, static passage => passage + 1f),
        PairTokens = Array.ConvertAll(passages, static passage => passage + 5),
    };

    private sealed class WholeReranker : IReranker
    {
        public Task<RerankResponse> TryRerankAsync(
            string query, IReadOnlyList<string> passages, RerankOptions? options, CancellationToken cancellationToken) =>
            Task.FromResult(RerankResponse.CreateFailure(RerankOutcome.Busy, "Busy."));
    }
}
