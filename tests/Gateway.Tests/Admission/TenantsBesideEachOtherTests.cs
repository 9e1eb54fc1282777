using Microsoft.Extensions.DependencyInjection;
using Reranker.Client;
using Reranker.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Admission;

/// <summary>What the edge does with one caller because of what another does, over HTTP.</summary>
public sealed class TenantsBesideEachOtherTests
{
    private const string Body = """{"query":"q","documents":["a"]}""";
    private const string FloodKey = "flood-0123456789abcdef";
    private const string QuietKey = "quiet-0123456789abcdef";

    [Fact]
    public async Task A_fleet_that_has_much_to_do_is_asked_all_the_same()
    {
        // Whose turn it is there is not for the edge to say.
        await using var host = await GatewayHost.StartAsync();
        host.Fleet.Hints["abc123"] = new FleetHint { TokensPerSecond = 1000, ExpectedWaitMilliseconds = 90_000, ReadyWorkers = 1, TokensPerCharacter = 0.25 };

        var answer = await host.PostAsync("/v1/rerank", Body);

        Assert.Equal(200, answer.Status);
        Assert.Single(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_tenant_is_answered_while_another_has_more_in_progress_than_can_be_done()
    {
        await using var host = await StartAsync(tokensPerMinute: 100_000_000);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Reranker.Script = async _ =>
        {
            await release.Task;
            return new RerankResponse { Outcome = RerankOutcome.Busy, Error = "busy" };
        };
        var large = $$"""{"query":"q","documents":["{{new string('x', 100_000)}}"]}""";
        var flood = Enumerable.Range(0, 40).Select(_ => host.PostAsync("/v1/rerank", large, Key(FloodKey))).ToArray();
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 40);

        var own = await host.PostAsync("/v1/rerank", large, Key(FloodKey), ("X-Request-Timeout-Ms", "1000"));
        Assert.Equal(503, own.Status);
        Assert.Contains("this caller", own.Body, StringComparison.Ordinal);
        host.Reranker.Script = null;
        var other = await host.PostAsync("/v1/rerank", Body, Key(QuietKey), ("X-Request-Timeout-Ms", "1000"));
        Assert.Equal(200, other.Status);
        release.SetResult();
        await Task.WhenAll(flood);
    }

    [Fact]
    public async Task What_the_fleet_has_no_room_for_is_not_sent_again_at_once()
    {
        // In time that stands still: what has just been refused has just been refused.
        await using var host = await StartAsync(time: new SynchronizedTime());
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Reranker.Script = async _ =>
        {
            await release.Task;
            return new RerankResponse { Outcome = RerankOutcome.Busy, Error = "busy" };
        };
        var first = host.PostAsync("/v1/rerank", Body, Key(FloodKey));
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 1);
        host.Reranker.Fail(RerankOutcome.Busy);
        Assert.Equal(503, (await host.PostAsync("/v1/rerank", Body, Key(FloodKey))).Status);
        Assert.Equal(2, host.Reranker.Calls.Count);

        var again = await host.PostAsync("/v1/rerank", Body, Key(FloodKey));

        Assert.Equal(503, again.Status);
        Assert.Equal(2, host.Reranker.Calls.Count);
        Assert.Contains("this caller", again.Body, StringComparison.Ordinal);
        release.SetResult();
        await first;
    }

    [Fact]
    public async Task A_tenant_that_hammers_is_refused_at_a_pace_and_another_is_not_held_back()
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(
            time,
            ("RefusalsPerSecond", "1"),
            ("ApiKeys:0:Tenant", "flood"), ("ApiKeys:0:Key", FloodKey), ("ApiKeys:1:Tenant", "quiet"), ("ApiKeys:1:Key", QuietKey));
        host.Reranker.Fail(RerankOutcome.Busy);
        Assert.Equal(503, (await host.PostAsync("/v1/rerank", Body, Key(FloodKey))).Status);

        var held = host.PostAsync("/v1/rerank", Body, Key(FloodKey));
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 2);
        Assert.Equal(503, (await host.PostAsync("/v1/rerank", Body, Key(QuietKey))).Status);
        Assert.False(held.IsCompleted);

        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            return held.IsCompleted;
        });
        Assert.Equal(503, (await held).Status);
    }

    [Theory]
    [InlineData(RerankOutcome.Busy, 200)]
    [InlineData(RerankOutcome.Failed, 200)]
    [InlineData(RerankOutcome.Expired, 429)]
    public async Task What_a_deadline_cut_off_is_charged_and_what_was_refused_is_not(RerankOutcome outcome, int next)
    {
        await using var host = await StartAsync();
        host.Reranker.Fail(outcome);

        await host.PostAsync("/v1/rerank", MinutesOfQuota, Key(FloodKey));
        host.Reranker.Script = null;

        Assert.Equal(next, (await host.PostAsync("/v1/rerank", Body, Key(FloodKey))).Status);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_pays_for_the_work_that_was_sent_for_it()
    {
        await using var host = await StartAsync();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Reranker.Script = async cancellationToken =>
        {
            left.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("not reached");
        };
        using var hangUp = new CancellationTokenSource();
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/rerank");
        message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {FloodKey}");
        message.Content = new StringContent(MinutesOfQuota);

        var request = host.Http.SendAsync(message, hangUp.Token);
        await left.Task;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        host.Reranker.Script = null;

        var admission = host.Services.GetRequiredService<AdmissionController>();
        await Until.TrueAsync(() => admission.TokensInFlight == 0);
        Assert.Equal(429, (await host.PostAsync("/v1/rerank", Body, Key(FloodKey))).Status);
    }

    // A debt that no slow machine waits out: each of the ten documents costs what a pair may have.
    private static string MinutesOfQuota =>
        $$"""{"query":"q","documents":[{{string.Join(',', Enumerable.Range(0, 10).Select(static i => $"\"{i}{new string('x', 10_000)}\""))}}]}""";

    private static (string, string) Key(string key) => ("Authorization", $"Bearer {key}");

    private static async Task<GatewayHost> StartAsync(long tokensPerMinute = 1_000, TimeProvider? time = null)
    {
        var host = await GatewayHost.StartAsync(
            time ?? TimeProvider.System,
            ("ApiKeys:0:Tenant", "flood"), ("ApiKeys:0:Key", FloodKey), ("ApiKeys:0:TokensPerMinute", $"{tokensPerMinute}"),
            ("ApiKeys:1:Tenant", "quiet"), ("ApiKeys:1:Key", QuietKey));
        host.Fleet.Hints["abc123"] = new FleetHint { TokensPerSecond = 1000, ReadyWorkers = 1, TokensPerCharacter = 0.25 };
        return host;
    }
}
