using System.Net;
using Microsoft.Extensions.Time.Testing;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;
using Reranker.TestKit.Hub;
using Reranker.Tool.Hub;

namespace Reranker.Tool.Tests.Hub;

/// <summary>Whatever the hub or the network does: the right files in the end, or one clear sentence.</summary>
public sealed class HubFaultTests
{
    private static readonly string[] Files = ["config.json", "model.safetensors", "sentencepiece.bpe.model"];

    [Fact]
    public async Task A_cut_download_goes_on_where_it_was_cut()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call is { Method: "GET", Times: <= 8, File: not null } && (call.IsStorage || call.File == "sentencepiece.bpe.model")
            ? new HubFault { BytesBefore = 100 }
            : null;

        var pulled = await fixture.PullAsync();

        fixture.AssertWhole(pulled, Files);
        Assert.Equal(Enumerable.Range(0, 9).Select(i => i * 100L), fixture.Hub.Calls.Where(c => c.IsStorage).Select(c => c.From));
        Assert.Equal(Files.Sum(f => new FileInfo(Path.Combine(fixture.Checkpoint, f)).Length), pulled.BytesFetched);
    }

    [Fact]
    public async Task A_hub_that_cuts_at_the_same_place_for_ever_is_given_up_and_what_came_is_kept()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call.IsStorage ? new HubFault { BytesBefore = 100, IgnoresRange = true } : null;

        Assert.Matches("was cut after 100 of the [0-9]+ bytes of model.safetensors, 5 times in a row", await fixture.FailAsync());

        fixture.Hub.Misbehave = static _ => null;
        fixture.AssertWhole(await fixture.PullAsync(), Files);
        Assert.Equal(100, fixture.Hub.Calls.Last(c => c.IsStorage).From);
    }

    [Fact]
    public async Task A_hub_that_cannot_continue_sends_the_whole_and_it_is_taken()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call.IsStorage ? new HubFault { BytesBefore = call.Times == 1 ? 100 : null, IgnoresRange = true } : null;

        fixture.AssertWhole(await fixture.PullAsync(), Files);
    }

    [Fact]
    public async Task A_stall_is_cut_and_continued_and_one_without_end_is_told()
    {
        await using var fixture = await HubFixture.StartAsync();
        var time = new SynchronizedTime();
        var settings = fixture.Settings with { Time = time };
        fixture.Hub.Misbehave = static call => call is { IsStorage: true, Times: 1 } ? new HubFault { BytesBefore = 100, Stalls = true } : null;
        var pull = fixture.PullAsync(settings);
        await StallAsync(fixture, settings, time, 100);
        while (!pull.IsCompleted)
        {
            // The pause before the next try.
            time.Advance(settings.FirstPause);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        fixture.AssertWhole(await pull, Files);
        Assert.Equal([0, 100], fixture.Hub.Calls.Where(c => c.IsStorage).Select(c => c.From));

        File.AppendAllText(Path.Combine(fixture.Checkpoint, "config.json"), " ");
        fixture.Publish();
        fixture.Hub.Misbehave = static call => call is { File: "config.json", Method: "GET" } ? new HubFault { BytesBefore = 1, Stalls = true } : null;
        var failure = fixture.FailAsync(settings with { MaxTries = 1 });
        await StallAsync(fixture, settings, time, 1);
        Assert.Contains("sent nothing or next to nothing for 20 s, 1 times in a row", await failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_few_bytes_now_and_then_do_not_keep_a_download_for_ever()
    {
        await using var fixture = await HubFixture.StartAsync();
        var time = new SynchronizedTime();
        var settings = fixture.Settings with { Time = time, MaxTries = 2 };
        fixture.Hub.Misbehave = static call => call.IsStorage ? new HubFault { BytesBefore = 10, Stalls = true } : null;
        var failure = fixture.FailAsync(settings);
        await StallAsync(fixture, settings, time, 10);
        await Until.TrueAsync(() =>
        {
            // The pause before the next try.
            time.Advance(settings.FirstPause);
            return fixture.Hub.Calls.Count(static c => c.IsStorage) == 2;
        });
        await StallAsync(fixture, settings, time, 20);

        Assert.Contains("sent nothing or next to nothing for 20 s, 2 times in a row", await failure, StringComparison.Ordinal);
    }

    private static async Task StallAsync(HubFixture fixture, HubSettings settings, FakeTimeProvider time, int bytes)
    {
        await Until.TrueAsync(() => Directory.Exists(fixture.Cache)
            && Directory.EnumerateFiles(fixture.Cache, "*.incomplete", SearchOption.AllDirectories).Any(f => new FileInfo(f).Length == bytes));
        time.Advance(settings.StallTime);
    }

    [Fact]
    public async Task A_content_with_another_hash_is_thrown_away_and_told()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call.IsStorage ? new HubFault { LiesAboutContent = true } : null;
        Assert.Matches("model.safetensors of BAAI/bge-reranker-v2-m3 is not what .* says it is: its SHA-256 is another than [0-9a-f]{64}; nothing of it was kept", await fixture.FailAsync());
        Assert.DoesNotContain(Directory.EnumerateFiles(fixture.Cache, "*", SearchOption.AllDirectories), f => f.Contains("safetensors", StringComparison.Ordinal));
        Assert.All(Directory.EnumerateFiles(fixture.Cache, "*.incomplete", SearchOption.AllDirectories), f => Assert.Equal(0, new FileInfo(f).Length));

        fixture.Hub.Misbehave = static call => call is { File: "sentencepiece.bpe.model", Method: "GET" } ? new HubFault { LiesAboutContent = true } : null;
        File.AppendAllText(Path.Combine(fixture.Checkpoint, "sentencepiece.bpe.model"), "x");
        fixture.Publish();
        Assert.Contains("its git hash is another than", await fixture.FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_part_of_another_time_is_fetched_anew()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call.IsStorage ? new HubFault { BytesBefore = 100, IgnoresRange = true } : null;
        await fixture.FailAsync();
        var part = Assert.Single(Directory.EnumerateFiles(fixture.Cache, "*.incomplete", SearchOption.AllDirectories));
        File.WriteAllBytes(part, new byte[100]);
        fixture.Hub.Misbehave = static _ => null;

        fixture.AssertWhole(await fixture.PullAsync(), Files);
        Assert.Equal([100, 0], fixture.Hub.Calls.Where(c => c.IsStorage).TakeLast(2).Select(c => c.From));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, null, null, "set HF_TOKEN (401)")]
    [InlineData(HttpStatusCode.Unauthorized, null, "hf_secret", "does not accept the token of HF_TOKEN or of the token file (401)")]
    [InlineData(HttpStatusCode.Unauthorized, "RepoNotFound", null, "has no model BAAI/bge-reranker-v2-m3, or shows it only to who has a token")]
    [InlineData(HttpStatusCode.Forbidden, "GatedRepo", "hf_secret", "is gated: accept its terms at http://127.0.0.1")]
    [InlineData(HttpStatusCode.Forbidden, null, "hf_secret", "to this token (403)")]
    [InlineData(HttpStatusCode.NotFound, null, null, "has no model BAAI/bge-reranker-v2-m3")]
    [InlineData(HttpStatusCode.NotFound, "RevisionNotFound", null, "has no revision 'main'")]
    [InlineData(HttpStatusCode.TooManyRequests, null, null, "has been asked too often (429), 5 times in a row")]
    [InlineData(HttpStatusCode.ServiceUnavailable, null, null, "cannot answer now (503), 5 times in a row")]
    public async Task A_refusal_is_one_sentence(HttpStatusCode status, string? code, string? token, string sentence)
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = _ => HubFault.FromStatus(status, code is null ? null : "X-Error-Code", code);

        Assert.Contains(sentence, await fixture.FailAsync(fixture.Settings with { Token = token }), StringComparison.Ordinal);
        Assert.Equal(status >= HttpStatusCode.TooManyRequests ? 5 : 1, fixture.Hub.Calls.Count);
    }

    [Fact]
    public async Task Unknown_models_and_revisions_are_told_apart()
    {
        await using var fixture = await HubFixture.StartAsync();

        Assert.Contains("has no model BAAI/nothing", await fixture.FailAsync(model: new HubReference("BAAI", "nothing")), StringComparison.Ordinal);
        Assert.Equal("BAAI/bge-reranker-v2-m3 has no revision 'v7'", await fixture.FailAsync(model: HubFixture.Model with { Revision = "v7" }));
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_busy_hub_is_asked_again_in_every_place(HttpStatusCode status)
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = call => call.Times <= 2 ? HubFault.FromStatus(status, "Retry-After", "0") : null;

        fixture.AssertWhole(await fixture.PullAsync(), Files);
    }

    [Fact]
    public async Task A_hub_that_wants_to_be_left_alone_for_long_ends_the_command()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static _ => HubFault.FromStatus(HttpStatusCode.TooManyRequests, "Retry-After", "3600");

        Assert.Contains("wants to be left alone for 3600 s", await fixture.FailAsync(), StringComparison.Ordinal);
        Assert.Single(fixture.Hub.Calls);
    }

    [Fact]
    public async Task A_host_that_is_not_there_and_TLS_that_cannot_be_made_are_told_apart()
    {
        await using var fixture = await HubFixture.StartAsync();
        var tls = new UriBuilder(fixture.Hub.Endpoint) { Scheme = "https" }.Uri;
        Assert.StartsWith($"the TLS connection to {tls.Authority} cannot be made: ", await fixture.FailAsync(fixture.Settings with { Endpoint = tls }), StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1:9 cannot be reached: ", await fixture.FailAsync(fixture.Settings with { Endpoint = new Uri("http://127.0.0.1:9") }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_end_somewhere()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call.File is null ? null : HubFault.FromStatus(HttpStatusCode.TemporaryRedirect, "Location", $"/{call.Repository}/resolve/{call.Revision}/{call.File}");

        Assert.Contains("sends callers on more than 10 times", await fixture.FailAsync(), StringComparison.Ordinal);
    }
}
