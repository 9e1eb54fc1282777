using System.Text;
using System.Text.Json;
using Reranker.Gateway.Tests.Fakes;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.Workers;

namespace Reranker.Gateway.Tests.Bulk;

/// <summary>How bodies and results of bulk calls travel: cut, dripping, not fetched.</summary>
public sealed class BulkTransferTests
{
    private const string Path = "/v1/rerank/batch";

    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("gzip", 8)]
    [InlineData("gzip", 200)]
    [InlineData("br", 1)]
    [InlineData("br", 200)]
    [InlineData("deflate", 1)]
    [InlineData("deflate", 4)]
    [InlineData("deflate", 200)]
    public async Task A_body_whose_compressed_data_was_cut_is_not_complete(string encoding, int missing)
    {
        await using var host = await GatewayHost.StartAsync();
        var random = new Random(1);
        var text = string.Concat(Enumerable.Range(0, 200).Select(_ => $$"""{"query":"{{random.NextInt64():x}}","documents":["{{random.NextInt64():x}}"]}""" + "\n"));
        var whole = Compression.Compress(Encoding.UTF8.GetBytes(text), encoding);

        var (lines, isComplete, _) = await PostAsync(host, whole, encoding);
        Assert.Equal((200, true), (lines, isComplete));
        (lines, isComplete, var reason) = await PostAsync(host, whole[..^missing], encoding);

        Assert.InRange(lines, 1, 200);
        Assert.False(isComplete);
        Assert.Contains("cut off", reason, StringComparison.Ordinal);
        Assert.Equal(0, host.HeldBytes);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\n")]
    public async Task A_sender_that_drips_is_cut_when_its_line_took_as_long_as_a_body_may(string drop)
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time, ("BodyTimeout", "00:00:30"));
        using var caller = new BulkCaller(host.Http.BaseAddress!);
        await caller.StartAsync(Path);
        var rest = caller.ReadRestAsync();
        await Until.TrueAsync(() =>
        {
            if (!rest.IsCompleted)
            {
                caller.SendPiece(drop);
                time.Advance(TimeSpan.FromSeconds(2.5));
            }

            return rest.IsCompleted;
        });

        var summary = (await rest)[^1].GetProperty("summary");
        Assert.False(summary.GetProperty("complete").GetBoolean());
        Assert.Contains("too slowly", summary.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Reranker.Calls);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(31, false)]
    public async Task Results_wait_for_their_caller_for_the_time_of_a_reply(int seconds, bool isServed)
    {
        var time = new SynchronizedTime();
        await using var host = await GatewayHost.StartAsync(time, ("ReplyTimeout", "00:00:30"), ("MinBytesPerSecond", "16384"));
        var body = $$"""{"query":"q","return_documents":true,"documents":["{{new string('a', 20_000_000)}}"]}""";
        using var caller = host.Connect();
        await caller.SendHeadAsync(Path, body.Length, ("Connection", "close"));
        await caller.SendAsync(body);
        Assert.Equal(200, (await caller.ReceiveAsync()).Status);

        // The first piece of a result that no socket takes whole: the gateway waits for its caller.
        await caller.ReceiveSomeAsync();
        time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isServed, await caller.ReadToEndAsync());
        await Until.TrueAsync(() => host.HeldBytes == 0);
    }

    [Fact]
    public async Task Headers_about_chunks_count_for_every_line()
    {
        await using var host = await GatewayHost.StartAsync();

        await host.PostAsync(Path, """{"query":"q","documents":["x"]}""", ("X-Reranker-Max-Chunks", "7"), ("X-Reranker-Chunk-Overlap", "9"), ("X-Reranker-Priority", "high"));

        var options = Assert.Single(host.Reranker.Calls).Options;
        Assert.Equal((7, 9, WorkPriority.Low), (options.Truncation.MaxChunks, options.Truncation.ChunkOverlap, options.Priority));
    }

    private static async Task<(long Lines, bool IsComplete, string? Reason)> PostAsync(GatewayHost host, byte[] body, string encoding)
    {
        using var request = Compression.CreateRequest(Path, body, encoding);
        var answer = await host.SendAsync(request);
        Assert.Equal(200, answer.Status);
        var lines = answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var summary = JsonDocument.Parse(lines[^1]).RootElement.GetProperty("summary");
        return (
            summary.GetProperty("lines").GetInt64(),
            summary.GetProperty("complete").GetBoolean(),
            summary.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }
}
