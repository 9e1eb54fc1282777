using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reranker.TestKit;
using Reranker.TestKit.Hub;
using Reranker.TestKit.Processes;
using Reranker.TestKit.Reference;
using Reranker.Tool.Commands;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Tests.Commands;

/// <summary>From nothing to a server with a model of the hub: the README's commands, against a hub on loopback.</summary>
public sealed partial class HubServeTests : IAsyncLifetime
{
    private const string Model = "BAAI/bge-reranker-v2-m3";

    private readonly TempFolder _temp = new();
    private readonly HttpClient _http = new();
    private LocalHub _hub = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await LocalHub.StartAsync(Cancelled);
        TinyCheckpoints.Write(_temp["checkpoint"], TinyCheckpoints.Shape(), seed: 1);
        _hub.Publish(Model, _temp["checkpoint"]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _hub.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public async Task The_READMEs_three_commands_come_from_nothing_to_a_server()
    {
        var commands = Command().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Cancelled))
            .Select(m => m.Groups[1].Value.Split(' ')).Where(c => c.Contains(Model)).ToList();
        Assert.Equal(["pull", "verify", "serve"], commands.Select(c => c[0]));
        Assert.Contains("MB fetched", await RunAsync(commands[0]), StringComparison.Ordinal);

        // It is small, and the real model's scores are not its own.
        var verified = await RunAsync(commands[1]);
        Assert.Matches(@"(?m)^BAAI/bge-reranker-v2-m3 int8: \d files whole", verified);
        Assert.Contains("it has another shape", verified, StringComparison.Ordinal);

        var calls = _hub.Calls.Count;
        var (server, url) = await ServeAsync(commands[2][1..]);
        await using var _ = server;
        Assert.Equal(2, (await RankAsync(url)).GetProperty("results").GetArrayLength());
        Assert.Equal(Model, (await _http.GetFromJsonAsync<JsonElement>(new Uri(url, "/info"), Cancelled)).GetProperty("model_id").GetString());
        Assert.Equal(calls, _hub.Calls.Count);
        Assert.DoesNotContain("imported", server.Error, StringComparison.Ordinal);

        // What a server uses is listed so, and stays.
        var models = JsonDocument.Parse(await RunAsync("models", "--json")).RootElement.EnumerateArray().Where(m => m.GetProperty("name").GetString() == Model).ToList();
        Assert.Equal(["Imported", "Checkpoint"], models.Select(m => m.GetProperty("kind").GetString()));
        Assert.True(models[0].GetProperty("isInUse").GetBoolean());
        Assert.Matches("^[0-9a-f]{64}$", models[0].GetProperty("precisions")[0].GetProperty("identity").GetString());
        Assert.True(models[1].GetProperty("revisions")[0].GetProperty("isWhole").GetBoolean());
        Assert.Contains("is in use", await FailAsync("models", "remove", Model, "--yes"), StringComparison.Ordinal);

        await server.SignalAsync("TERM");
        Assert.Equal(ExitCodes.Success, await server.WaitForExitAsync(Cancelled));
        Assert.Contains("removed, ", await RunAsync("models", "remove", "bge-reranker-v2-m3", "--yes"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_temp["cache"], "hub"), "*.safetensors", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_temp["cache"], "reranker"), "manifest.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_name_is_fetched_and_imported_once_and_later_neither_the_hub_nor_the_checkpoint_is_needed()
    {
        const string MiniLm = "cross-encoder/ms-marco-MiniLM-L6-v2";
        FamilyCheckpoints.WriteBert(_temp["bert"], TinyCheckpoints.Shape(vocabulary: 270), seed: 1);
        _hub.Publish(MiniLm, _temp["bert"]);
        await using (var first = RerankerProgram.Start(_hub.GetEnvironment(_temp["cache"]), "verify", "--model", "MiniLM-L6@v1"))
        {
            Assert.True(await first.WaitForExitAsync(Cancelled) == ExitCodes.Success, first.Error);
            Assert.Contains($"{MiniLm}@v1 is no folder here and is fetched from the hub", first.Error, StringComparison.Ordinal);
            Assert.Contains($"{MiniLm}@v1 is imported in int8", first.Error, StringComparison.Ordinal);
        }

        Directory.Delete(Path.Combine(_temp["cache"], "hub"), recursive: true);
        var calls = _hub.Calls.Count;
        var (server, url) = await ServeAsync("--model", "MiniLM-L6@v1");
        await using var _ = server;
        Assert.Equal(2, (await RankAsync(url)).GetProperty("results").GetArrayLength());
        Assert.Equal(MiniLm, (await _http.GetFromJsonAsync<JsonElement>(new Uri(url, "/info"), Cancelled)).GetProperty("model_id").GetString());
        Assert.Equal(calls, _hub.Calls.Count);
    }

    [Fact]
    public async Task A_precision_of_the_environment_is_the_one_that_a_name_is_imported_in_and_served()
    {
        var environment = _hub.GetEnvironment(_temp["cache"]);
        environment["Reranker__Precision"] = "fp32";
        var (server, url) = await RerankerProgram.ServeAsync(["--model", Model], environment);
        await using var _ = server;
        Assert.Equal(2, (await RankAsync(url)).GetProperty("results").GetArrayLength());
        Assert.Contains("is imported in fp32 for this machine", server.Error, StringComparison.Ordinal);
        Assert.Equal("float32", (await _http.GetFromJsonAsync<JsonElement>(new Uri(url, "/info"), Cancelled)).GetProperty("model_dtype").GetString());
    }

    [Fact]
    public async Task Import_takes_a_name_of_the_hub()
    {
        var output = await RunAsync("import", "bge-reranker-v2-m3", "--out", _temp["model"], "--precision", "fp32");
        Assert.StartsWith($"{Model} fp32: ", output, StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        await using var process = RerankerProgram.Start(_hub.GetEnvironment(_temp["cache"]), arguments);
        var code = await process.WaitForExitAsync(Cancelled);
        Assert.True(code == ExitCodes.Success, process.Error);
        return process.Output;
    }

    private async Task<string> FailAsync(params string[] arguments)
    {
        await using var process = RerankerProgram.Start(_hub.GetEnvironment(_temp["cache"]), arguments);
        Assert.Equal(ExitCodes.Failure, await process.WaitForExitAsync(Cancelled));
        return Assert.Single(process.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private Task<(ProgramProcess Process, Uri Url)> ServeAsync(params string[] arguments)
        => RerankerProgram.ServeAsync(arguments, _hub.GetEnvironment(_temp["cache"]));

    private async Task<JsonElement> RankAsync(Uri url)
    {
        using var reply = await _http.PostAsJsonAsync(new Uri(url, "/v2/rerank"), new { query = "the", documents = new[] { "the a", "b" } }, Cancelled);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Cancelled));
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }

    [GeneratedRegex("(?m)^    dotnet run -c Release --project src/Tool -- (.*)$")]
    private static partial Regex Command();
}
