using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Fleet;
using Reranker.Gateway.Admission;
using Reranker.Gateway.Tests.Fakes;

namespace Reranker.Gateway.Tests.Admission;

public sealed class AdmissionControllerTests
{
    private static readonly FleetHint Hint = new() { TokensPerSecond = 1000, ExpectedWaitMilliseconds = 500, ReadyWorkers = 1, TokensPerCharacter = 0.25 };
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void What_fits_before_the_deadline_is_admitted_and_what_does_not_is_refused_with_the_time_that_is_missing()
    {
        var admission = Create(new GatewayOptions());

        using var fits = admission.TryAdmit("", 1000, TimeSpan.FromSeconds(2), Hint, out var none);
        var late = admission.TryAdmit("", 1000, TimeSpan.FromSeconds(1.5), Hint, out var refusal);

        Assert.NotNull(fits);
        Assert.Null(none);
        Assert.Null(late);
        Assert.Equal(GatewayErrorKind.Busy, refusal!.Kind);
        // 1,000 tokens of the first are in progress: one second of waiting and one of work, half a second too much.
        Assert.Equal(0.5, refusal.RetryAfter!.Value.TotalSeconds, 1e-3);
    }

    [Fact]
    public void A_refusal_and_a_finished_request_hold_no_tokens()
    {
        var admission = Create(new GatewayOptions());

        var lease = admission.TryAdmit("", 100, TimeSpan.FromSeconds(5), Hint, out _);
        Assert.Null(admission.TryAdmit("", 100_000, TimeSpan.FromSeconds(5), Hint, out _));
        Assert.Equal(100, admission.TokensInFlight);
        lease!.Dispose();

        Assert.Equal(0, admission.TokensInFlight);
    }

    [Fact]
    public void Nothing_known_about_the_fleet_admits()
    {
        using var lease = Create(new GatewayOptions()).TryAdmit("", 1e9, TimeSpan.FromMilliseconds(1), null, out _);

        Assert.NotNull(lease);
    }

    [Fact]
    public void The_cap_refuses_beside_others_but_lets_a_large_request_run_alone()
    {
        var admission = Create(new GatewayOptions { MaxTokensInFlight = 1000 });

        var large = admission.TryAdmit("", 5000, TimeSpan.FromHours(1), null, out _);
        Assert.NotNull(large);
        Assert.Null(admission.TryAdmit("", 1, TimeSpan.FromHours(1), null, out var refusal));
        Assert.Equal(GatewayErrorKind.Busy, refusal!.Kind);
        large.Dispose();

        using var next = admission.TryAdmit("", 1, TimeSpan.FromHours(1), null, out _);
        Assert.NotNull(next);
    }

    [Fact]
    public void A_quota_in_debt_refuses_its_tenant_alone_until_it_is_refilled()
    {
        var options = new GatewayOptions();
        options.ApiKeys.Add(new ApiKeyOptions { Tenant = "small", Key = new string('k', 16), TokensPerMinute = 600 });
        var admission = Create(options);

        using (var lease = admission.TryAdmit("small", 100, TimeSpan.FromHours(1), null, out _))
        {
            // It was estimated at 100 and cost 1,200: the bucket goes 600 into debt.
            lease!.Settle(1200);
        }

        Assert.Null(admission.TryAdmit("small", 1, TimeSpan.FromHours(1), null, out var refusal));
        Assert.Equal(GatewayErrorKind.Quota, refusal!.Kind);
        Assert.Equal(60.1, refusal.RetryAfter!.Value.TotalSeconds, 1e-3);
        using var other = admission.TryAdmit("other", 1, TimeSpan.FromHours(1), null, out _);
        Assert.NotNull(other);

        _time.Advance(refusal.RetryAfter.Value);
        using var later = admission.TryAdmit("small", 1, TimeSpan.FromHours(1), null, out _);
        Assert.NotNull(later);
    }

    [Fact]
    public void A_request_without_an_answer_costs_its_tenant_nothing()
    {
        var options = new GatewayOptions();
        options.ApiKeys.Add(new ApiKeyOptions { Tenant = "small", Key = new string('k', 16), TokensPerMinute = 600 });
        var admission = Create(options);

        admission.TryAdmit("small", 600, TimeSpan.FromHours(1), null, out _)!.Dispose();

        using var next = admission.TryAdmit("small", 600, TimeSpan.FromHours(1), null, out _);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task An_overloaded_fleet_is_refused_without_asking_it()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Fleet.Hint = Hint with { ExpectedWaitMilliseconds = 90_000 };

        var answer = await host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"]}""");

        Assert.Equal(503, answer.Status);
        Assert.Equal("31", answer.Headers["Retry-After"]);
        Assert.Empty(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_request_above_the_concurrency_cap_is_refused_and_the_next_one_is_not()
    {
        await using var host = await GatewayHost.StartAsync(("MaxConcurrentRequests", "1"));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Reranker.Script = async _ =>
        {
            started.SetResult();
            await release.Task;
            host.Reranker.Script = null;
            return await host.Reranker.TryRerankAsync("q", ["a"], null, CancellationToken.None);
        };
        const string Body = """{"query":"q","documents":["a"]}""";

        var first = host.PostAsync("/v1/rerank", Body);
        await started.Task;
        var second = await host.PostAsync("/v1/rerank", Body);
        release.SetResult();

        Assert.Equal(503, second.Status);
        Assert.Equal("1", second.Headers["Retry-After"]);
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await host.PostAsync("/v1/rerank", Body)).Status);
    }

    private AdmissionController Create(GatewayOptions options)
    {
        var wrapped = Options.Create(options);
        return new AdmissionController(wrapped, new TokenQuotas(wrapped, _time));
    }
}
