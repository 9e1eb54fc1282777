using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Tenants;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Quotas;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Tenants;

public sealed class QuotaLeaserTests
{
    private const string Key = "key-of-the-search-team";
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    [Fact]
    public async Task What_a_tenant_asks_for_is_told_and_what_is_granted_is_kept_to()
    {
        await using var host = await StartAsync(("ApiKeys:0:TokensPerMinute", "600"));
        Assert.Equal(200, await AskAsync(host));
        host.Quotas.Script = static _ => Grant(0.1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => host.Services.GetRequiredService<QuotaShares>().IsLeased);

        var demand = Assert.Single(host.Quotas.Requests[^1].Demands);
        Assert.Equal("search", demand.Tenant);
        Assert.True(demand.TokensPerSecond > 0);
        Assert.Equal(1, demand.HeldShare);

        // A tenth of 600: the next request goes into debt, and the one after it is refused until that is paid at one token a second.
        var statuses = new List<int>();
        for (var i = 0; i < 20 && !statuses.Contains(429); i++)
        {
            statuses.Add(await AskAsync(host));
        }

        Assert.InRange(statuses.Count(static status => status == 200), 1, 7);
    }

    [Fact]
    public async Task Waiting_exactly_as_long_as_the_reply_says_makes_the_request_pass()
    {
        await using var host = await StartAsync(("ApiKeys:0:TokensPerMinute", "600"), ("ApiKeys:0:TokenBurst", "10"));
        Assert.Equal(200, await AskAsync(host));
        var refused = await PostAsync(host);
        while (refused.Status == 200)
        {
            refused = await PostAsync(host);
        }

        Assert.Equal(429, refused.Status);
        var milliseconds = int.Parse(refused.Headers["retry-after-ms"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal((milliseconds + 999) / 1000, int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture));

        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(200, await AskAsync(host));
    }

    [Fact]
    public async Task Without_limits_the_cluster_is_not_asked()
    {
        await using var host = await StartAsync();
        await AskAsync(host);
        await RenewAsync(host);

        Assert.Empty(host.Quotas.Requests);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_said_once_and_leaves_an_equal_part()
    {
        await using var host = await StartAsync(("ApiKeys:0:TokensPerMinute", "600"));
        for (var i = 0; i < 3; i++)
        {
            await RenewAsync(host);
        }

        Assert.Single(host.Logs.Messages, static message => message.Contains("does not share out", StringComparison.Ordinal));
        Assert.Equal(1, host.Services.GetRequiredService<QuotaShares>().FindShare("search"));
    }

    [Fact]
    public async Task Requests_beyond_the_places_of_their_tenant_are_refused_as_its_own_limit()
    {
        await using var host = await StartAsync(("ApiKeys:0:MaxConcurrentRequests", "2"));
        var gate = new TaskCompletionSource();
        host.Reranker.Script = async cancelled =>
        {
            await gate.Task.WaitAsync(cancelled);
            return new() { Outcome = Requests.RerankOutcome.Busy, Error = "scripted" };
        };
        var waiting = new[] { PostAsync(host), PostAsync(host) };
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 2);

        Assert.Equal(429, await AskAsync(host));
        gate.SetResult();
        Assert.All(await Task.WhenAll(waiting), static answer => Assert.Equal(503, answer.Status));
        Assert.Equal(503, await AskAsync(host));
    }

    private static QuotaLeaseReply Grant(double share) => new()
    {
        TermMilliseconds = 10_000,
        Gateways = 2,
        Shares = [new QuotaShare { Tenant = "search", Share = share }],
    };

    private static Task RenewAsync(GatewayHost host) => host.Services.GetRequiredService<QuotaLeaser>().RenewLeaseAsync(CancellationToken.None);

    private static async Task<int> AskAsync(GatewayHost host) => (await PostAsync(host)).Status;

    private static Task<Answer> PostAsync(GatewayHost host) =>
        host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"]}""", ("Authorization", $"Bearer {Key}"));

    private Task<GatewayHost> StartAsync(params (string Key, string Value)[] settings) =>
        GatewayHost.StartAsync(_time, [("ApiKeys:0:Tenant", "search"), ("ApiKeys:0:Key", Key), ("RefusalsPerSecond", "0"), .. settings]);
}
