using Reranker.TestKit;
using Reranker.TestKit.Hub;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary><c>reranker pull</c> as a process against a hub on loopback.</summary>
public sealed class PullTests : IAsyncLifetime
{
    private const string Model = "BAAI/bge-reranker-v2-m3";

    private readonly TempFolder _temp = new();
    private LocalHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await LocalHub.StartAsync(TestContext.Current.CancellationToken);
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        _hub.Publish(Model, _temp["checkpoint"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task A_killed_pull_is_finished_by_the_next_one_which_fetches_the_rest_alone()
    {
        var weights = new FileInfo(Path.Combine(_temp["checkpoint"], "model.safetensors")).Length;
        var half = (int)weights / 2;
        _hub.Misbehave = call => call.IsStorage ? new HubFault { BytesBefore = half, Stalls = true } : null;
        await using (var killed = Start("pull", "bge-reranker-v2-m3"))
        {
            await Until.TrueAsync(() => killed.HasExited || FindIncomplete() is { } part && new FileInfo(part).Length == half);
            Assert.False(killed.HasExited, killed.Error);
            await killed.SignalAsync("KILL");
            await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(File.Exists(Path.Combine(_temp["cache"], "hub", "models--BAAI--bge-reranker-v2-m3", "refs", "main")));
        _hub.Misbehave = static _ => null;
        await using var next = Start("pull", Model);
        var code = await next.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(code == ExitCodes.Success, next.Error);
        Assert.Equal(half, _hub.Calls.Last(c => c.IsStorage).From);
        var folder = next.Output.Split('\n').Single(l => l.StartsWith("in ", StringComparison.Ordinal))[3..];
        Assert.Equal(File.ReadAllBytes(Path.Combine(_temp["checkpoint"], "model.safetensors")), File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Null(FindIncomplete());
        Assert.Empty(next.Error);
    }

    [Theory]
    [InlineData("jina-reranker-v3", "cannot be run by this build: it is a decoder")]
    [InlineData("bge-reranker-v2-m4", "is bge-reranker-v2-m3 meant?")]
    [InlineData("a/b/c", "one has the form ORG/NAME")]
    public async Task What_cannot_be_had_is_refused_without_a_question_to_the_hub(string model, string reason)
    {
        using var error = new StringWriter();

        Assert.Equal(ExitCodes.Failure, await ToolCommandLine.RunAsync(["pull", model], TextWriter.Null, error));
        Assert.Contains(reason, Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private string? FindIncomplete() => !Directory.Exists(_temp["cache"]) ? null
        : Directory.EnumerateFiles(_temp["cache"], "*.incomplete", SearchOption.AllDirectories).SingleOrDefault();

    private ProgramProcess Start(params string[] arguments) => RerankerProgram.Start(_hub.GetEnvironment(_temp["cache"]), arguments);
}
