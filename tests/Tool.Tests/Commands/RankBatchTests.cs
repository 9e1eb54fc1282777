using System.Text.Json;
using System.Text.Json.Nodes;
using Reranker.Tool.Bulk;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker rank --batch</c> and <c>reranker key</c> against <c>reranker serve</c>, as processes.</summary>
public sealed class RankBatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("batch-").FullName;

    private string Batch => Path.Combine(_folder, "batch.jsonl");

    private string Results => Batch + ".results.jsonl";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_batch_is_scored_with_a_key_of_which_the_server_has_the_hash_and_goes_on_where_it_stopped()
    {
        var created = (await RerankerProgram.RunAsync(["key", "create"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (key, hash) = (created[0].Split("  ")[^1].Trim(), created[1].Split("  ")[^1].Trim());
        Assert.Equal(hash, (await RerankerProgram.RunAsync(["key", "hash"], key)).Output.Trim());
        var keys = Path.Combine(_folder, "keys.json");
        await File.WriteAllTextAsync(keys, $$"""{"ApiKeys":[{"Tenant":"nightly","Key":"{{hash}}"}]}""", TestContext.Current.CancellationToken);
        var (server, url) = await RerankerProgram.ServeAsync(
            ["--engine", "scripted", "--devices", "0"], new() { ["Gateway__ApiKeysFile"] = keys, ["Gateway__BulkLinesInProgress"] = "4" });
        await using var _ = server;
        var lines = Enumerable.Range(0, 450).Select(static at => $$"""{"custom_id":"q{{at}}","query":"What is bread?","documents":["Bread is baked.","A bridge {{at}}."]}""").ToList();
        lines.Insert(3, "");
        lines.Insert(100, "no json");
        await File.WriteAllLinesAsync(Batch, lines, TestContext.Current.CancellationToken);

        // An earlier run: two lines were scored, one failed, and half a line was written.
        await File.WriteAllLinesAsync(
            Results,
            ["""{"line":1,"custom_id":"q0","status":200,"response":"kept"}""", """{"line":2,"custom_id":"q1","status":503,"response":"dropped"}""", """{"line":5,"custom_id":"q3","sta"""],
            TestContext.Current.CancellationToken);

        Assert.Contains("401", (await RankAsync(url, "a-key-that-nobody-has")).Error, StringComparison.Ordinal);
        var (code, _, error) = await RankAsync(url, key);
        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("450 of 451 lines have scores", error, StringComparison.Ordinal);
        Assert.Contains("1 failed", error, StringComparison.Ordinal);

        var results = ReadResults();
        Assert.Equal(451, results.Count);
        Assert.Equal("kept", results[1].GetProperty("response").GetString());
        Assert.Equal(400, results[101].GetProperty("status").GetInt32());
        Assert.Equal("q3", results[5].GetProperty("custom_id").GetString());
        Assert.Equal(2, results[452].GetProperty("response").GetProperty("results").GetArrayLength());

        // The line is mended: only it is sent.
        lines[100] = lines[99].Replace("q98", "mended", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(Batch, lines, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Success, (await RankAsync(url, key)).ExitCode);
        Assert.Equal("mended", ReadResults()[101].GetProperty("custom_id").GetString());
        Assert.Equal(451, ReadResults().Count);
    }

    [Theory]
    [InlineData("rank", "--batch", "b.jsonl")]
    [InlineData("rank", "--server", "http://127.0.0.1:1", "q")]
    [InlineData("rank", "q", "--batch", "b.jsonl", "--server", "http://127.0.0.1:1")]
    [InlineData("rank", "q", "--output", "o.jsonl")]
    public async Task Options_that_do_not_belong_together_are_no_command(params string[] arguments) =>
        Assert.Equal(ExitCodes.Usage, (await RerankerProgram.RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task A_name_that_is_no_text_does_not_stop_the_others()
    {
        await File.WriteAllTextAsync(Batch, """
            {"custom_id":"\ud800","query":"q","documents":["a"]}
            {"custom_id":"named","query":"q","documents":["a"]}
            """, TestContext.Current.CancellationToken);

        Assert.Equal((2, 0), await BulkInput.CountLinesAsync(Batch, [], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_line_whose_name_is_no_text_is_not_scored_again()
    {
        await File.WriteAllTextAsync(Batch, """{"custom_id":"\ud800","query":"q","documents":["a"]}""", TestContext.Current.CancellationToken);
        await using (var results = await BulkResults.OpenAsync(Results, TestContext.Current.CancellationToken))
        {
            await foreach (var part in BulkInput.ReadPartsAsync(Batch, results.Done, TestContext.Current.CancellationToken))
            {
                var reply = new JsonObject { ["line"] = 1, ["custom_id"] = "\ufffd", ["status"] = 200, ["response"] = "scores" };
                await results.WriteAsync(reply, Assert.Single(part), TestContext.Current.CancellationToken);
            }
        }

        await using var again = await BulkResults.OpenAsync(Results, TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), await BulkInput.CountLinesAsync(Batch, again.Done, TestContext.Current.CancellationToken));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_that_is_stopped_says_how_far_it_got_and_how_to_go_on()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await File.WriteAllTextAsync(Batch, """{"custom_id":"a","query":"q","documents":["a"]}""", TestContext.Current.CancellationToken);
        await using var rank = RerankerProgram.Start("rank", "--batch", Batch, "--server", $"http://{listener.LocalEndpoint}");

        // It has sent its call, and waits for a server that does not answer.
        using var call = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await rank.SignalAsync("INT");

        Assert.Equal(130, await rank.WaitForExitAsync(TestContext.Current.CancellationToken));
        Assert.Contains("stopped: 0 of 1 lines have scores", rank.Error, StringComparison.Ordinal);
        Assert.Contains("run the same command again", rank.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_lines_of_one_name_are_refused_before_anything_is_sent()
    {
        await File.WriteAllLinesAsync(Batch, ["""{"id":1,"query":"q"}""", """{"id":"1","query":"q"}"""], TestContext.Current.CancellationToken);

        var (code, _, error) = await RankAsync(new Uri("http://127.0.0.1:1"), "");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("line 2 has the custom_id of an earlier line", error, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Error)> RankAsync(Uri url, string key) =>
        RerankerProgram.RunAsync("reranker.dll", ["rank", "--batch", Batch, "--server", url.ToString()], $"RERANKER_API_KEY={key}");

    private Dictionary<long, JsonElement> ReadResults() =>
        File.ReadLines(Results).Select(static line => JsonDocument.Parse(line).RootElement).ToDictionary(static line => line.GetProperty("line").GetInt64());
}
