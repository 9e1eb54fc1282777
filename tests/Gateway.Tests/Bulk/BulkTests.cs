using System.Globalization;
using System.Text;
using System.Text.Json;
using Reranker.Gateway.Tests.Fakes;
using Reranker.Requests;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.Workers;

namespace Reranker.Gateway.Tests.Bulk;

public sealed class BulkTests
{
    private const string Path = "/v1/rerank/batch";
    private const string Line = """{"query":"q","documents":["x"]}""";

    [Fact]
    public async Task Each_line_gets_one_line_and_a_summary_comes_last()
    {
        await using var host = await GatewayHost.StartAsync();

        var lines = await PostAsync(
            host,
            """
            {"custom_id":"a","query":"q","documents":["x","0123456789"],"top_n":1}

            {"id":7,"query":"q","documents":["x"]}
            {"query":"q","documents":["x"]}
            """);

        var results = lines[..^1].ToDictionary(static line => line.GetProperty("line").GetInt64());
        Assert.Equal([1L, 3, 4], results.Keys.Order());
        Assert.Equal(("a", 200), (results[1].GetProperty("custom_id").GetString(), results[1].GetProperty("status").GetInt32()));
        Assert.Equal(1, Assert.Single(results[1].GetProperty("response").GetProperty("results").EnumerateArray()).GetProperty("index").GetInt32());
        Assert.Equal("7", results[3].GetProperty("custom_id").GetString());
        Assert.False(results[4].TryGetProperty("custom_id", out _));
        AssertSummary(lines[^1], lines: 4, scored: 3, failed: 0, isComplete: true);
        Assert.All(host.Reranker.Calls, static call => Assert.Equal(WorkPriority.Low, call.Options.Priority));
    }

    [Fact]
    public async Task A_bad_line_gets_its_error_and_the_others_their_scores()
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "1000"), ("MaxBodyBytesInFlight", "100000"));

        var bytes = (byte[])[
            .. "no json\n"u8,
            .. "{\"query\":\"q\",\"documents\":[]}\n"u8,
            .. "{\"custom_id\":\"\xff\"}\n"u8, 0xff, 0xfe, (byte)'\n',
            .. Encoding.UTF8.GetBytes($$"""{"query":"{{new string('q', 2000)}}","documents":["x"]}""" + "\n"),
            .. "{\"custom_id\":\"good\",\"query\":\"q\",\"documents\":[\"x\"]}"u8];
        var lines = await PostAsync(host, bytes);

        var statuses = lines[..^1].OrderBy(static line => line.GetProperty("line").GetInt64()).Select(static line => line.GetProperty("status").GetInt32());
        Assert.Equal([400, 400, 400, 400, 413, 200], statuses);
        Assert.All(
            lines[..^1].Where(static line => line.GetProperty("status").GetInt32() != 200),
            static line => Assert.NotEqual("", line.GetProperty("response").GetProperty("message").GetString()));
        AssertSummary(lines[^1], lines: 6, scored: 1, failed: 5, isComplete: true);
        Assert.Equal(0, host.HeldBytes);
    }

    [Fact]
    public async Task The_body_is_read_no_further_than_lines_are_scored()
    {
        await using var host = await GatewayHost.StartAsync(("BulkLinesInProgress", "2"));
        using var gate = new SemaphoreSlim(0);
        host.Reranker.Script = async cancelled =>
        {
            await gate.WaitAsync(cancelled);
            return new() { Outcome = RerankOutcome.Invalid, Error = "scripted" };
        };
        using var caller = new BulkCaller(host.Http.BaseAddress!);
        await caller.StartAsync(Path);

        // Results of the first lines are there while later lines have not been sent.
        for (var line = 1; line <= 5; line++)
        {
            await caller.SendAsync(Line);
            gate.Release();
            Assert.Equal(line, (await caller.ReadLineAsync())!.Value.GetProperty("line").GetInt32());
        }

        for (var line = 0; line < 10; line++)
        {
            await caller.SendAsync(Line);
        }

        // Two lines are scored, and however long they take no third one is.
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 7);
        gate.Release();
        await caller.ReadLineAsync();
        await Until.TrueAsync(() => host.Reranker.Calls.Count == 8);
        gate.Release(10);
        await caller.EndAsync();
        var rest = await caller.ReadRestAsync();
        AssertSummary(rest[^1], lines: 15, scored: 0, failed: 15, isComplete: true);
    }

    [Fact]
    public async Task A_caller_that_sends_everything_before_it_reads_gets_everything()
    {
        await using var host = await GatewayHost.StartAsync();

        var lines = await PostAsync(host, string.Join('\n', Enumerable.Repeat(Line, 3_000)));

        AssertSummary(lines[^1], lines: 3_000, scored: 3_000, failed: 0, isComplete: true);
        Assert.Equal(Enumerable.Range(1, 3_000), lines.Where(static line => line.TryGetProperty("line", out _)).Select(static line => line.GetProperty("line").GetInt32()).Order());
    }

    [Fact]
    public async Task What_is_refused_for_now_is_tried_again_when_the_refusal_says()
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time);
        var refusals = 2;
        host.Reranker.Script = _ => Task.FromResult<Client.RerankResponse>(Interlocked.Decrement(ref refusals) >= 0
            ? new() { Outcome = RerankOutcome.Busy, Error = "scripted", RetryAfter = TimeSpan.FromSeconds(3) }
            : new() { Outcome = RerankOutcome.Invalid, Error = "scripted" });

        var lines = PostAsync(host, """{"custom_id":"a","query":"q","documents":["x"]}""");
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return lines.IsCompleted;
        });

        Assert.Equal(3, host.Reranker.Calls.Count);
        Assert.Equal(400, (await lines).First(static line => line.TryGetProperty("line", out _)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_line_whose_time_is_over_before_the_next_try_gets_the_refusal()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Reranker.Fail(RerankOutcome.Busy, TimeSpan.FromSeconds(30));

        var lines = await PostAsync(host, """{"custom_id":"a","query":"q","documents":["x"]}""", ("X-Request-Timeout-Ms", "5000"));

        Assert.Equal(503, lines[0].GetProperty("status").GetInt32());
        Assert.Single(host.Reranker.Calls);
    }

    [Theory]
    [InlineData("X-Request-Timeout-Ms", "soon", 400)]
    [InlineData("X-Reranker-Priority", "urgent", 400)]
    [InlineData("X-Reranker-Max-Chunks", "0", 400)]
    [InlineData("X-Reranker-Chunk-Overlap", "-1", 400)]
    [InlineData("Content-Encoding", "zstd", 415)]
    public async Task What_is_wrong_with_the_whole_call_is_its_status(string header, string value, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent("""{"query":"q","documents":["x"]}""") };
        (header.StartsWith("Content", StringComparison.Ordinal) ? request.Content.Headers : (System.Net.Http.Headers.HttpHeaders)request.Headers).TryAddWithoutValidation(header, value);

        Assert.Equal(status, (await host.SendAsync(request)).Status);
        Assert.Empty(host.Reranker.Calls);
    }

    [Fact]
    public async Task A_body_that_pauses_for_too_long_ends_with_a_summary_that_says_so()
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time);
        using var caller = new BulkCaller(host.Http.BaseAddress!);
        await caller.StartAsync(Path);
        await caller.SendAsync(Line);
        var rest = caller.ReadRestAsync();
        await Until.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return rest.IsCompleted;
        });

        var summary = (await rest)[^1];
        Assert.Contains("paused", summary.GetProperty("summary").GetProperty("reason").GetString(), StringComparison.Ordinal);
        AssertSummary(summary, lines: 1, scored: 1, failed: 0, isComplete: false);
        Assert.Contains(await rest, static line => line.TryGetProperty("progress", out _));
    }

    [Fact]
    public async Task A_gateway_that_stops_ends_what_it_has_and_leaves_the_rest_to_the_caller()
    {
        await using var host = await GatewayHost.StartAsync(("DrainDelay", "0s"));
        host.Reranker.Fail(RerankOutcome.Unavailable, TimeSpan.FromMinutes(5));
        using var caller = new BulkCaller(host.Http.BaseAddress!);
        await caller.StartAsync(Path);
        await caller.SendAsync(Line);
        await Until.TrueAsync(() => !host.Reranker.Calls.IsEmpty);

        var stopped = host.StopAsync(TestContext.Current.CancellationToken);
        var rest = await caller.ReadRestAsync();
        caller.Dispose();
        await stopped;

        AssertSummary(Assert.Single(rest), lines: rest[0].GetProperty("summary").GetProperty("lines").GetInt64(), scored: 0, failed: 0, isComplete: false);
        Assert.Contains("about to stop", rest[0].GetProperty("summary").GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_stands_in_the_lines_each_gets_one()
    {
        await using var host = await GatewayHost.StartAsync(("MaxBodyBytes", "2000"), ("MaxBodyBytesInFlight", "1000000"));
        var random = new Random(1);
        byte[] alphabet = [.. "{}[]\":,qdocumentsquerycustom_id01.-e \\\r\t\u00e9"u8, 0, 0x80, 0xff];
        for (var round = 0; round < 100; round++)
        {
            var body = Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(3) == 0
                ? Encoding.UTF8.GetBytes(Line)
                : [.. Enumerable.Range(0, random.Next(0, 3000)).Select(_ => alphabet[random.Next(alphabet.Length)])]).ToArray();

            var lines = await PostAsync(host, [.. body.SelectMany(static line => (byte[])[.. line, (byte)'\n'])]);

            var expected = body.Count(static line => line.Any(static b => b is not ((byte)' ' or (byte)'\t' or (byte)'\r')));
            var results = lines.Where(static line => line.TryGetProperty("line", out _)).ToArray();
            Assert.Equal(expected, results.Select(static line => line.GetProperty("line").GetInt64()).Distinct().Count());
            Assert.Equal(expected, results.Length);
            Assert.All(results, static line => Assert.InRange(line.GetProperty("status").GetInt32(), 200, 499));
            Assert.True(lines[^1].GetProperty("summary").GetProperty("complete").GetBoolean());
        }

        Assert.Equal(0, host.HeldBytes);
    }

    [Fact]
    public async Task Blank_lines_count_and_are_skipped()
    {
        await using var host = await GatewayHost.StartAsync();

        var lines = await PostAsync(host, new string('\n', 1_000_000) + " \r\n{\"query\":\"q\",\"documents\":[\"a\"]}\n\n");

        Assert.Equal(1_000_002, lines[0].GetProperty("line").GetInt64());
        AssertSummary(lines[^1], lines: 1_000_003, scored: 1, failed: 0, isComplete: true);
    }

    [Fact]
    public async Task An_empty_body_is_no_lines()
    {
        await using var host = await GatewayHost.StartAsync();

        AssertSummary(Assert.Single(await PostAsync(host, "")), lines: 0, scored: 0, failed: 0, isComplete: true);
    }

    private static void AssertSummary(JsonElement line, long lines, long scored, long failed, bool isComplete)
    {
        var summary = line.GetProperty("summary");
        Assert.Equal(
            (lines, scored, failed, isComplete),
            (summary.GetProperty("lines").GetInt64(), summary.GetProperty("scored").GetInt64(), summary.GetProperty("failed").GetInt64(), summary.GetProperty("complete").GetBoolean()));
    }

    private static Task<JsonElement[]> PostAsync(GatewayHost host, string body, params (string Name, string Value)[] headers) =>
        PostAsync(host, Encoding.UTF8.GetBytes(body), headers);

    private static async Task<JsonElement[]> PostAsync(GatewayHost host, byte[] body, params (string Name, string Value)[] headers)
    {
        var answer = await host.PostAsync(Path, body, headers);
        Assert.True(answer.Status == 200, string.Create(CultureInfo.InvariantCulture, $"{answer.Status}: {answer.Body}"));
        return Parse(answer.Body);
    }

    private static JsonElement[] Parse(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
}
