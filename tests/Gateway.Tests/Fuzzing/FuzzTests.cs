using System.Text;
using Reranker.Fuzz.Generation;
using Reranker.Fuzz.Oracle;
using Reranker.Fuzz.Requests;
using Reranker.Fuzz.Running;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Fuzzing;

/// <summary>
/// The short form of the fuzzer (tests/Fuzz): some thousands of mutated requests over all routes, each reply held against what
/// docs/http.md says, read anew by a parser that shares nothing with the gateway's.
/// </summary>
public sealed class FuzzTests
{
    private const string ApiKey = "fuzz-key-0123456789";
    private const string AdminKey = "fuzz-admin-0123456789";
    private const int Connections = 4;
    private static readonly CaseTarget Target = new(ScriptedReranker.Model, ScriptedReranker.Identity, ApiKey, AdminKey, HasHostRoutes: false);

    // Far above what any machine needs: a hang is a hang, and a slow machine is none.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_mutated_request_gets_the_reply_that_the_docs_promise()
    {
        await using var host = await StartAsync();
        host.Reranker.Logit = HashedScorer.LogitOf;
        var run = Run(host, seed: 1);

        await run.RunAsync(first: 0, count: 4000, Connections, mostFailures: 20, Cancelled);

        Assert.True(run.Failures.IsEmpty, string.Join("\n\n", run.Failures.Select(Describe)));
        Assert.Equal(4000, run.Done);

        // Nothing that a request takes is kept: as many as may be in progress still may.
        var replies = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => host.PostAsync(
            "/rerank", """{"query":"q","texts":["a"]}""", ("Authorization", $"Bearer {ApiKey}"))));
        Assert.All(replies, static reply => Assert.Equal(200, reply.Status));
        Assert.DoesNotContain(host.Logs.Messages, static message => message.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_score_of_another_passage_is_found()
    {
        await using var host = await StartAsync();
        host.Reranker.Logit = static (query, passage) => HashedScorer.LogitOf(query, passage.Length > 8 ? passage[1..] : passage);
        var run = Run(host, seed: 1);

        await run.RunAsync(first: 0, count: 100, Connections, mostFailures: 1000, Cancelled);

        Assert.Contains(run.Failures, static failure => failure.Fault.Contains("Place", StringComparison.Ordinal) || failure.Fault.Contains("score", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_seed_and_number_give_the_same_bytes()
    {
        var (first, second) = (new CaseSource(7, Target), new CaseSource(7, Target));
        var backwards = Enumerable.Range(0, 300).Reverse().Select(index => RequestBytes.Of(second.Create(index))).Reverse();

        Assert.Equal(Enumerable.Range(0, 300).Select(index => RequestBytes.Of(first.Create(index))), backwards);
        Assert.NotEqual(RequestBytes.Of(first.Create(0)), RequestBytes.Of(new CaseSource(8, Target).Create(0)));
    }

    private static Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(
        ("ApiKeys:0:Tenant", "fuzz"), ("ApiKeys:0:Key", ApiKey), ("AdminKey", AdminKey), ("MaxConcurrentRequests", $"{Connections}"), ("BulkLinesInProgress", "1"));

    private static FuzzRun Run(GatewayHost host, int seed) => new(
        host.Http.BaseAddress!,
        new CaseSource(seed, Target),
        new Reading(Target, Expectations.All),
        new ReplyChecker(Target, new HashedScorer()),
        Slack);

    private static string Describe(FuzzFailure failure)
    {
        const int Most = 600;
        var request = Encoding.UTF8.GetString(failure.Request);
        return $"case {failure.Case} ({failure.Mutations}): {failure.Fault}\n{request[..Math.Min(request.Length, Most)]}\n-> {failure.Reply}";
    }
}
