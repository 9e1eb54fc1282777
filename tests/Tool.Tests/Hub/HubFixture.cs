using Reranker.TestKit;
using Reranker.TestKit.Hub;
using Reranker.TestKit.Reference;
using Reranker.Tool.Hub;

namespace Reranker.Tool.Tests.Hub;

/// <summary>A hub with one small model, a cache, and settings with which no pause is noticed.</summary>
public sealed class HubFixture : IAsyncDisposable
{
    internal static readonly HubReference Model = new("BAAI", "bge-reranker-v2-m3");

    private readonly TempFolder _temp = new();

    private HubFixture(LocalHub hub) => Hub = hub;

    public LocalHub Hub { get; }

    public string Commit { get; private set; } = "";

    public string Cache => _temp["cache"];

    public string Checkpoint => _temp["checkpoint"];

    internal HubSettings Settings => new()
    {
        Endpoint = Hub.Endpoint,
        CacheFolder = Path.Combine(Cache, "hub"),
        FirstPause = TimeSpan.FromMilliseconds(1),
        StallTime = TimeSpan.FromSeconds(20),
    };

    public static async Task<HubFixture> StartAsync(int shards = 1)
    {
        var fixture = new HubFixture(await LocalHub.StartAsync(TestContext.Current.CancellationToken));
        TinyCheckpoints.Write(fixture.Checkpoint, TinyCheckpoints.Shape(), seed: 1, shards: shards);
        File.WriteAllText(Path.Combine(fixture.Checkpoint, "README.md"), "not needed");
        File.WriteAllBytes(Path.Combine(fixture.Checkpoint, "pytorch_model.bin"), [1, 2, 3]);
        fixture.Publish();
        return fixture;
    }

    /// <summary>Publishes the checkpoint as it is now.</summary>
    public void Publish() => Commit = Hub.Publish(Model.Repository, Checkpoint);

    internal Task<PulledModel> PullAsync(HubSettings? settings = null, HubReference? model = null)
        => new ModelPull(settings ?? Settings, static (_, _) => { }).PullAsync(model ?? Model, null, TestContext.Current.CancellationToken);

    internal async Task<string> FailAsync(HubSettings? settings = null, HubReference? model = null)
    {
        var error = await Assert.ThrowsAsync<HubException>(() => PullAsync(settings, model));
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    /// <summary>Checks that the cache has what the hub has, and nothing that is half of something.</summary>
    internal void AssertWhole(PulledModel pulled, params string[] files)
    {
        Assert.Equal(Commit, pulled.Commit);
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.EnumerateFiles(pulled.Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(File.ReadAllBytes(Path.Combine(Checkpoint, f)), File.ReadAllBytes(Path.Combine(pulled.Folder, f))));
        Assert.Empty(Directory.EnumerateFiles(Cache, "*.incomplete", SearchOption.AllDirectories));
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        _temp.Dispose();
    }
}
