using Reranker.TestKit;
using Reranker.TestKit.Hub;
using Reranker.Tool.Hub;
using Reranker.Tool.Input;
using Reranker.Tool.Models;

namespace Reranker.Tool.Tests.Hub;

/// <summary>What comes from a hub that behaves: which files, into which layout, and how often.</summary>
public sealed class ModelPullTests
{
    private static readonly string[] Files = ["config.json", "model.safetensors", "sentencepiece.bpe.model"];

    [Fact]
    public async Task What_an_import_needs_comes_into_the_layout_of_the_hubs_own_cache_and_nothing_else()
    {
        await using var fixture = await HubFixture.StartAsync();

        var pulled = await fixture.PullAsync();

        fixture.AssertWhole(pulled, Files);
        var folder = Path.Combine(fixture.Cache, "hub", "models--BAAI--bge-reranker-v2-m3");
        Assert.Equal(Path.Combine(folder, "snapshots", fixture.Commit), pulled.Folder);
        Assert.Equal(fixture.Commit, File.ReadAllText(Path.Combine(folder, "refs", "main")));
        Assert.All(Files, f => Assert.StartsWith("../../blobs/", new FileInfo(Path.Combine(pulled.Folder, f)).LinkTarget, StringComparison.Ordinal));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder, "blobs")).Length);
        Assert.Empty(pulled.Unchecked);
        Assert.Equal(Files.Sum(f => new FileInfo(Path.Combine(fixture.Checkpoint, f)).Length), pulled.BytesFetched);
    }

    [Fact]
    public async Task What_the_cache_has_is_not_fetched_again_and_of_a_new_commit_only_what_changed()
    {
        await using var fixture = await HubFixture.StartAsync();
        await fixture.PullAsync();
        var before = fixture.Hub.Calls.Count;
        Assert.Equal(0, (await fixture.PullAsync()).BytesFetched);
        Assert.DoesNotContain(fixture.Hub.Calls.Skip(before), c => c.Method == "GET" && c.File is not null);

        File.AppendAllText(Path.Combine(fixture.Checkpoint, "config.json"), "\n");
        fixture.Publish();
        var pulled = await fixture.PullAsync();

        fixture.AssertWhole(pulled, Files);
        Assert.Equal(new FileInfo(Path.Combine(fixture.Checkpoint, "config.json")).Length, pulled.BytesFetched);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pipes_in_the_place_of_small_files_hold_nobody_up_and_are_replaced(bool ofFiles)
    {
        await using var fixture = await HubFixture.StartAsync(shards: 2);
        string[] files = ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", NeededFiles.Index, "sentencepiece.bpe.model"];
        var pulled = await fixture.PullAsync();
        fixture.AssertWhole(pulled, files);
        var folder = Path.Combine(fixture.Cache, "hub", "models--BAAI--bge-reranker-v2-m3");
        var pipe = ofFiles ? Path.Combine(pulled.Folder, NeededFiles.Index) : Path.Combine(folder, "refs", "main");
        File.Delete(pipe);
        await Pipes.CreatePipeAsync(pipe);
        var cache = new HubCache(HubFixture.Model, fixture.Settings);

        // Whoever opens one waits for a writer, and there is none.
        var looks = Task.Run(() => (cache.FindSnapshot(), cache.ListRevisions()), TestContext.Current.CancellationToken);
        var (snapshot, revisions) = await looks.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var again = await fixture.PullAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Null(snapshot);
        Assert.Equal([(ofFiles ? "main" : fixture.Commit, fixture.Commit)], revisions);
        fixture.AssertWhole(again, files);
        Assert.Equal(again.Folder, cache.FindSnapshot());
    }

    [Fact]
    public async Task Where_links_cannot_be_made_there_are_copies_and_they_are_not_fetched_again()
    {
        await using var fixture = await HubFixture.StartAsync();
        var settings = fixture.Settings with { CreateLink = static (_, _) => throw new UnauthorizedAccessException() };

        var pulled = await fixture.PullAsync(settings);

        fixture.AssertWhole(pulled, Files);
        Assert.All(Files, f => Assert.Null(new FileInfo(Path.Combine(pulled.Folder, f)).LinkTarget));

        // A cache that was made by programs that move contents in place of links.
        Directory.Delete(Path.Combine(fixture.Cache, "hub", "models--BAAI--bge-reranker-v2-m3", "blobs"), recursive: true);
        Assert.Equal(0, (await fixture.PullAsync(settings)).BytesFetched);
    }

    [Fact]
    public async Task What_another_program_left_in_the_cache_is_completed_by_what_is_missing_alone()
    {
        await using var fixture = await HubFixture.StartAsync();
        var whole = await fixture.PullAsync();
        var tokenizer = Path.Combine(whole.Folder, "sentencepiece.bpe.model");
        File.Delete(File.ResolveLinkTarget(tokenizer, returnFinalTarget: true)!.FullName);
        Assert.Null(new ModelPull(fixture.Settings, static (_, _) => { }).FindCached(HubFixture.Model));
        File.Delete(tokenizer);

        var pulled = await fixture.PullAsync();

        fixture.AssertWhole(pulled, Files);
        Assert.Equal(new FileInfo(Path.Combine(fixture.Checkpoint, "sentencepiece.bpe.model")).Length, pulled.BytesFetched);
    }

    [Fact]
    public async Task Shards_come_with_their_index()
    {
        await using var fixture = await HubFixture.StartAsync(shards: 3);

        fixture.AssertWhole(
            await fixture.PullAsync(),
            "config.json", "model.safetensors.index.json", "sentencepiece.bpe.model",
            "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors");
    }

    [Fact]
    public async Task Offline_the_cache_answers_and_the_hub_is_not_asked()
    {
        await using var fixture = await HubFixture.StartAsync();
        var offline = fixture.Settings with { IsOffline = true };
        Assert.Contains("HF_HUB_OFFLINE is set", await fixture.FailAsync(offline), StringComparison.Ordinal);
        await fixture.PullAsync();
        var before = fixture.Hub.Calls.Count;

        fixture.AssertWhole(await fixture.PullAsync(offline), Files);
        fixture.AssertWhole(await fixture.PullAsync(offline, HubFixture.Model with { Revision = fixture.Commit }), Files);
        Assert.Contains("has not all of", await fixture.FailAsync(offline, HubFixture.Model with { Revision = "v1" }), StringComparison.Ordinal);
        File.Delete(Path.Combine(fixture.Cache, "hub", "models--BAAI--bge-reranker-v2-m3", "snapshots", fixture.Commit, "model.safetensors"));
        Assert.Contains("has not all of", await fixture.FailAsync(offline), StringComparison.Ordinal);
        Assert.Equal(before, fixture.Hub.Calls.Count);
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_never_to_where_it_sends_its_callers()
    {
        await using var fixture = await HubFixture.StartAsync();

        fixture.AssertWhole(await fixture.PullAsync(fixture.Settings with { Token = "hf_secret" }), Files);

        Assert.Contains(fixture.Hub.Calls, c => c.IsStorage);
        Assert.All(fixture.Hub.Calls, c => Assert.Equal(c.IsStorage ? "" : "Bearer hf_secret", c.Authorization));
    }

    [Fact]
    public async Task Two_pulls_at_once_fetch_each_file_once()
    {
        await using var fixture = await HubFixture.StartAsync();

        var both = await Task.WhenAll(fixture.PullAsync(), fixture.PullAsync());

        Assert.All(both, pulled => fixture.AssertWhole(pulled, Files));
        Assert.Equal(3, fixture.Hub.Calls.Count(c => c.Method == "GET" && c.File is not null && (c.IsStorage || !c.File.EndsWith(".safetensors", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Pickle_alone_is_refused_before_anything_is_fetched()
    {
        await using var fixture = await HubFixture.StartAsync();
        File.Delete(Path.Combine(fixture.Checkpoint, "model.safetensors"));
        fixture.Publish();

        Assert.Contains("has its weights as pickle alone (pytorch_model.bin)", await fixture.FailAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Hub.Calls, c => c.File is not null);
    }

    [Theory]
    [InlineData("XLMRobertaForSequenceClassification", "T5ForConditionalGeneration", "its config.json architectures is [T5ForConditionalGeneration]")]
    [InlineData("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"relu\"", "hidden_act is 'relu'")]
    public async Task A_model_that_cannot_be_run_is_refused_before_its_weights(string right, string wrong, string reason)
    {
        await using var fixture = await HubFixture.StartAsync();
        var config = Path.Combine(fixture.Checkpoint, "config.json");
        Assert.Contains(right, File.ReadAllText(config), StringComparison.Ordinal);
        File.WriteAllText(config, File.ReadAllText(config).Replace(right, wrong, StringComparison.Ordinal));
        fixture.Publish();
        var pull = new ModelPull(fixture.Settings, SupportedModels.RequireConfig);

        var refusal = await Assert.ThrowsAsync<InputException>(() => pull.PullAsync(HubFixture.Model, null, TestContext.Current.CancellationToken));

        Assert.StartsWith("BAAI/bge-reranker-v2-m3 cannot be run by this build, and its weights were not fetched: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.All(fixture.Hub.Calls.Where(c => c.File is not null), c => Assert.Equal("config.json", c.File));
    }

    [Fact]
    public async Task A_disk_without_room_is_found_before_the_weights()
    {
        await using var fixture = await HubFixture.StartAsync();

        Assert.Contains("has room for 1 MB", await fixture.FailAsync(fixture.Settings with { ReadFreeBytes = static _ => 1_000_000 }), StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Hub.Calls, c => c.IsStorage);
    }

    [Theory]
    [InlineData("../../outside.safetensors")]
    [InlineData("weights.bin")]
    public async Task An_index_that_names_something_else_than_shards_beside_it_is_refused(string shard)
    {
        await using var fixture = await HubFixture.StartAsync(shards: 2);
        File.WriteAllText(Path.Combine(fixture.Checkpoint, "model.safetensors.index.json"), $$$"""{"weight_map":{"a":"{{{shard}}}"}}""");
        fixture.Publish();

        Assert.Contains("no plain name of a safetensors file", await fixture.FailAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hash_that_would_be_a_path_is_refused()
    {
        await using var fixture = await HubFixture.StartAsync();
        fixture.Hub.Misbehave = static call => call.File == "config.json"
            ? new HubFault { Status = System.Net.HttpStatusCode.OK, Headers = new Dictionary<string, string> { ["ETag"] = "\"../../evil\"" } }
            : null;

        Assert.Contains("what its hash is", await fixture.FailAsync(), StringComparison.Ordinal);
    }
}
