using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Reranker.Gateway.Configuration;
using Reranker.Gateway.Tenants;
using Reranker.Gateway.Tests.Fakes;
using Reranker.TestKit;
using Reranker.TestKit.Clocks;

namespace Reranker.Gateway.Tests.Tenants;

public sealed class KeyFileTests : IDisposable
{
    private const string Old = "the-old-key-of-search";
    private const string New = "the-new-key-of-search";
    private const string Body = """{"query":"q","texts":["a"]}""";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"keys-{Guid.NewGuid():N}.json");
    private readonly FakeTimeProvider _time = new SynchronizedTime();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Keys_are_exchanged_without_a_restart()
    {
        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{KeyHash.FormatHash(Old)}}"}]}""");
        await using var host = await StartAsync();
        Assert.Equal((200, 401), (await AskAsync(host, Old), await AskAsync(host, New)));

        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{Old}}"},{"Tenant":"search","Key":"{{KeyHash.FormatHash(New)}}","TokensPerMinute":600}]}""");
        CheckFile(host);
        Assert.Equal((200, 200), (await AskAsync(host, Old), await AskAsync(host, New)));

        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{KeyHash.FormatHash(New)}}"}]}""");
        CheckFile(host);
        Assert.Equal((401, 200), (await AskAsync(host, Old), await AskAsync(host, New)));
    }

    [Fact]
    public async Task The_file_is_looked_at_by_itself()
    {
        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{Old}}"}]}""");
        await using var host = await StartAsync();
        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{New}}"}]}""");

        await Until.TrueAsync(() =>
        {
            _time.Advance(KeyFileWatcher.Interval);
            return host.Services.GetRequiredService<KeyRingSource>().Current.FindOwner(KeyHash.HashKey(New)) is not null;
        });
        Assert.Equal((401, 200), (await AskAsync(host, Old), await AskAsync(host, New)));
    }

    [Theory]
    [InlineData("""{"ApiKeys":[{"Tenant":"search","Key":"the-new-key-of-sea""")]
    [InlineData("""{"ApiKeys":[{"Tenant":"search","Key":"short"}]}""")]
    [InlineData("""{"ApiKeys":[{"Tenant":"search","Key":"the-new-key-of-search","TokenPerMinute":1}]}""")]
    [InlineData("""{"ApiKeys":[{"Tenant":"search","Key":"the-new-key-of-search","Priority":7}]}""")]
    [InlineData("""{"ApiKeys":[{"the-new-key-of-search":"search"}]}""")]
    [InlineData("""{"ApiKeys":[null]}""")]
    [InlineData("""{"Keys":[]}""")]
    [InlineData("")]
    public async Task While_the_file_is_broken_the_keys_of_before_count_and_the_log_says_so_without_a_key(string broken)
    {
        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{Old}}"}]}""");
        await using var host = await StartAsync();
        CheckFile(host);

        Write(broken);
        CheckFile(host);

        Assert.Equal((200, 401), (await AskAsync(host, Old), await AskAsync(host, New)));
        Assert.True(host.Services.GetRequiredService<KeyFileWatcher>().IsBroken);
        var said = Assert.Single(host.Logs.Messages, static message => message.StartsWith("Error", StringComparison.Ordinal));
        Assert.DoesNotContain("the-new-key", said, StringComparison.Ordinal);

        // Not every two seconds, and again after a minute.
        CheckFile(host);
        Assert.Single(host.Logs.Messages, static message => message.StartsWith("Error", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromMinutes(1));
        CheckFile(host);
        Assert.True(host.Logs.Messages.Count(static message => message.StartsWith("Error", StringComparison.Ordinal)) >= 2);

        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{New}}"}]}""");
        CheckFile(host);
        Assert.Equal((401, 200), (await AskAsync(host, Old), await AskAsync(host, New)));
        Assert.False(host.Services.GetRequiredService<KeyFileWatcher>().IsBroken);
    }

    [Fact]
    public async Task A_file_that_is_gone_or_without_keys_never_opens_the_door()
    {
        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{Old}}"}]}""");
        await using var host = await StartAsync();

        File.Delete(_path);
        CheckFile(host);
        Assert.Equal(200, await AskAsync(host, Old));

        Write("""{"ApiKeys":[]}""");
        CheckFile(host);
        Assert.Equal((401, 401), (await AskAsync(host, Old), await AskAsync(host, "")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"ApiKeys":[]}""")]
    [InlineData("""{"ApiKeys":[{"Tenant":"","Key":"the-new-key-of-search"}]}""")]
    public async Task A_file_that_is_missing_broken_or_empty_stops_the_start(string? content)
    {
        if (content is not null)
        {
            Write(content);
        }

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(StartAsync);

        Assert.Contains("ApiKeysFile", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-new-key", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/zero", "no regular file")]
    [InlineData("/tmp", "is a folder")]
    [InlineData("pipe", "no regular file")]
    [InlineData("huge", "is larger than")]
    public async Task What_is_no_file_of_keys_stops_the_start_and_later_holds_up_nobody(string kind, string reason)
    {
        using var temp = new TempFolder();
        var target = kind is "pipe" or "huge" ? temp[kind] : kind;
        if (kind == "pipe")
        {
            await Pipes.CreatePipeAsync(target);
        }
        else if (kind == "huge")
        {
            await using var file = File.Create(target);
            file.SetLength(10L * 1024 * 1024 * 1024);
        }

        File.CreateSymbolicLink(_path, target);
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(StartAsync);
        Assert.Contains("ApiKeysFile", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);

        Write($$"""{"ApiKeys":[{"Tenant":"search","Key":"{{Old}}"}]}""");
        await using var host = await StartAsync();
        File.Delete(_path);
        File.CreateSymbolicLink(_path, target);
        CheckFile(host);
        Assert.Equal(200, await AskAsync(host, Old));
        Assert.Contains(host.Logs.Messages, message => message.Contains(reason, StringComparison.Ordinal));
    }

    private static void CheckFile(GatewayHost host) => host.Services.GetRequiredService<KeyFileWatcher>().CheckFile();

    private static async Task<int> AskAsync(GatewayHost host, string key) =>
        (await host.PostAsync("/rerank", Body, ("Authorization", $"Bearer {key}"))).Status;

    private void Write(string text)
    {
        var next = _path + ".next";
        File.WriteAllText(next, text);
        File.Move(next, _path, overwrite: true);
    }

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(_time, ("ApiKeysFile", _path));
}
