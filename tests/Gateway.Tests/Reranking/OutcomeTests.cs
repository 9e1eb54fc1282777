using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;

namespace Reranker.Gateway.Tests.Reranking;

/// <summary>Every way a request can end has its status in every dialect.</summary>
public sealed class OutcomeTests
{
    private const string Tei = """{"query":"q","texts":["a"]}""";
    private const string Cohere = """{"query":"q","documents":["a"]}""";

    [Theory]
    [InlineData(RerankOutcome.Invalid, 422, "Validation", 400)]
    [InlineData(RerankOutcome.TooLong, 422, "Validation", 400)]
    [InlineData(RerankOutcome.UnknownModel, 404, "Validation", 404)]
    [InlineData(RerankOutcome.Busy, 429, "Overloaded", 503)]
    [InlineData(RerankOutcome.Expired, 504, "Backend", 504)]
    [InlineData(RerankOutcome.Unavailable, 503, "Unhealthy", 503)]
    [InlineData(RerankOutcome.Failed, 424, "Backend", 500)]
    public async Task A_failure_has_the_status_and_the_shape_of_its_dialect(RerankOutcome outcome, int tei, string type, int cohere)
    {
        await using var host = await GatewayHost.StartAsync();
        var retries = outcome is RerankOutcome.Busy or RerankOutcome.Unavailable;
        host.Reranker.Fail(outcome, retries ? TimeSpan.FromMilliseconds(1500) : null);

        var first = await host.PostAsync("/rerank", Tei);
        var second = await host.PostAsync("/v2/rerank", Cohere);

        Assert.Equal((tei, cohere), (first.Status, second.Status));
        ErrorShape.Check(first, type);
        ErrorShape.Check(second, "message");
        Assert.All([first, second], answer =>
        {
            Assert.Equal(retries ? "2" : null, answer.Headers.GetValueOrDefault("Retry-After"));
            Assert.Equal(retries ? "1500" : null, answer.Headers.GetValueOrDefault("retry-after-ms"));
        });
    }

    [Fact]
    public async Task What_was_cut_is_reported_in_a_header_and_in_the_warnings()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.CutTokens = 7;

        var answer = await host.PostAsync("/v2/rerank", Cohere);

        Assert.Equal("1", answer.Headers["X-Reranker-Truncated"]);
        Assert.Equal(1, answer.Json.GetProperty("meta").GetProperty("warnings").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_cut_is_not_reported()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.DoesNotContain("X-Reranker-Truncated", (await host.PostAsync("/rerank", Tei)).Headers.Keys);
    }

    [Fact]
    public async Task Fields_without_effect_are_named_in_the_warnings()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", """{"query":"q","documents":["a"],"instruction":"x"}""");

        Assert.Equal("'instruction' has no effect.", answer.Json.GetProperty("meta").GetProperty("warnings")[0].GetString());
    }

    [Fact]
    public async Task Equal_scores_keep_the_order_of_the_request()
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/rerank", """{"query":"q","texts":["aa","b","cc","d","ee"]}""");

        Assert.Equal([0, 2, 4, 1, 3], answer.Json.EnumerateArray().Select(static entry => entry.GetProperty("index").GetInt32()));
    }

    [Fact]
    public async Task The_tei_reply_has_its_timing_headers()
    {
        await using var host = await GatewayHost.StartAsync();

        var headers = (await host.PostAsync("/rerank", Tei)).Headers;

        Assert.Equal(("1", "2", "3", "10"), (headers["x-tokenization-time"], headers["x-queue-time"], headers["x-inference-time"], headers["x-compute-tokens"]));
        Assert.Contains("x-total-time", headers.Keys);
    }

    [Theory]
    [InlineData("my-id_1.2:3", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    public async Task A_request_id_is_echoed_if_it_is_harmless_and_replaced_if_not(string id, bool isEchoed)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.PostAsync("/v1/rerank", Cohere, ("X-Request-Id", id));

        Assert.Equal(isEchoed, answer.Headers["X-Request-Id"] == id);
        Assert.Equal(answer.Headers["X-Request-Id"], answer.Json.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("250", 250)]
    [InlineData("99999999999", 30_000)]
    [InlineData(null, 5_000)]
    public async Task The_deadline_is_the_requests_wish_within_the_gateways_limit(string? header, int milliseconds)
    {
        await using var host = await GatewayHost.StartAsync(("DefaultDeadline", "00:00:05"), ("MaxDeadline", "00:00:30"));

        await host.PostAsync("/v1/rerank", Cohere, header is null ? [] : [("X-Request-Timeout-Ms", header)]);

        var deadline = Assert.Single(host.Reranker.Calls).Options.Deadline!.Value.TotalMilliseconds;
        Assert.InRange(deadline, 1, milliseconds);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_request()
    {
        await using var host = await GatewayHost.StartAsync();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Reranker.Script = async cancellationToken =>
        {
            started.SetResult();
            using var registration = cancellationToken.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("unreachable");
        };
        using var leaving = new CancellationTokenSource();

        using var content = new StringContent(Cohere);
        var call = host.Http.PostAsync(new Uri("/v1/rerank", UriKind.Relative), content, leaving.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("house-model", null, "bge-reranker-v2-m3")]
    [InlineData("HOUSE-MODEL", null, "bge-reranker-v2-m3")]
    [InlineData("any-other", "", null)]
    [InlineData("bge-reranker-v2-m3", "", "bge-reranker-v2-m3")]
    [InlineData("", null, null)]
    public async Task Aliases_map_names_and_the_star_maps_only_what_is_not_served(string name, string? star, string? sent)
    {
        (string, string)[] settings = [("ModelAliases:house-model", "bge-reranker-v2-m3"), .. star is null ? [] : new[] { ("ModelAliases:*", star) }];
        await using var host = await GatewayHost.StartAsync(settings);

        await host.PostAsync("/v1/rerank", $$"""{"query":"q","documents":["a"],"model":"{{name}}"}""");

        Assert.Equal(sent, Assert.Single(host.Reranker.Calls).Options.Model);
    }

    [Fact]
    public async Task The_fields_about_length_become_truncation_options()
    {
        await using var host = await GatewayHost.StartAsync(("AutoTruncate", "false"));

        await host.PostAsync("/rerank", """{"query":"q","texts":["a"],"truncate":true,"truncation_direction":"LEFT"}""");
        await host.PostAsync("/rerank", """{"query":"q","documents":["a"],"truncate_prompt_tokens":300,"max_tokens_per_doc":200,"max_tokens_per_query":0}""");
        await host.PostAsync("/rerank", Cohere);

        var calls = host.Reranker.Calls.Select(static call => call.Options.Truncation).ToArray();
        Assert.Equal(new TruncationOptions { Allowed = true, Strategy = TruncationStrategy.LongestFirst, Side = TruncationSide.Left }, calls[0]);
        Assert.Equal(new TruncationOptions { Allowed = true, MaxPairTokens = 300, MaxPassageTokens = 200 }, calls[1]);
        Assert.Equal(new TruncationOptions { Allowed = false }, calls[2]);
    }
}
