using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Reranker.TestKit;
using Reranker.TestKit.Processes;
using Reranker.Tool.Models;
using Reranker.ClusterKit.Processes;

namespace Reranker.Tool.Drills;

/// <summary>Models are loaded into <c>reranker serve</c> over HTTP: from below the root, and from nowhere else.</summary>
public sealed class LoadedFolderDrills : IDisposable
{
    private const string Key = "0123456789abcdef-admin";

    private readonly TempFolder _temp = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task A_folder_outside_the_root_is_refused_alike_whether_it_is_there_or_not()
    {
        Directory.CreateDirectory(_temp["root"]);
        Directory.CreateDirectory(_temp["outside"]);
        Directory.CreateSymbolicLink(_temp["root/link"], DefaultModel.Path);
        var (server, http) = await ServeAsync(new() { ["Reranker__ModelsRoot"] = _temp["root"] });
        await using var _ = server;
        using var __ = http;

        var outside = await LoadAsync(http, _temp["outside"]);
        var missing = await LoadAsync(http, _temp["missing"]);
        var link = await LoadAsync(http, "link");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (outside.Status, missing.Status, link.Status));
        Assert.Equal(outside.Message.Replace(_temp["outside"], "", StringComparison.Ordinal), missing.Message.Replace(_temp["missing"], "", StringComparison.Ordinal));
        Assert.Contains("Reranker:ModelsRoot", link.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_root_none_is_loaded()
    {
        var (server, http) = await ServeAsync([]);
        await using var _ = server;
        using var __ = http;

        var answer = await LoadAsync(http, DefaultModel.Path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Reranker:ModelsRoot", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_process_is_administered_without_a_secret_between_its_parts()
    {
        var (server, http) = await ServeAsync(new() { ["Reranker__ModelsRoot"] = Path.GetDirectoryName(DefaultModel.Path)! });
        await using var _ = server;
        using var __ = http;

        var answer = await LoadAsync(http, Path.GetFileName(DefaultModel.Path));

        // It is there already, under its own name.
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    private static async Task<(ProgramProcess Server, HttpClient Http)> ServeAsync(Dictionary<string, string> settings)
    {
        var (server, url) = await RerankerProgram.ServeAsync(["--engine", "scripted"], new(settings) { ["Gateway__AdminKey"] = Key });
        var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return (server, http);
    }

    private static async Task<(HttpStatusCode Status, string Message)> LoadAsync(HttpClient http, string folder)
    {
        using var response = await http.PostAsJsonAsync(new Uri("/admin/models", UriKind.Relative), new { folder }, Stop);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
        return (response.StatusCode, body.TryGetProperty("message", out var message) ? message.GetString()! : "");
    }
}
